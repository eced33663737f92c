// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.crypt.CipherPool;
import io.pagestrata.tiers.file.FileTierSettings;
import java.util.List;

/** Memory that tiers below RAM, and syncs into them, take for themselves. Stateless. */
final class LowerBuffers {
  private static final long KIB = 1024;

  private LowerBuffers() {}

  static long bytes(
      List<TierConfig> tiers, int pageBytes, WritebackConfig writeback, Durability durability) {
    long bytes = 0;
    for (TierConfig tier : tiers) {
      if (tier instanceof FileTierConfig file) {
        bytes += bytes(file, pageBytes, writeback, durability);
      } else if (tier instanceof RemoteTierConfig) {
        bytes += CipherPool.bufferBytes(pageBytes);
      }
    }
    return (bytes + KIB - 1) / KIB * KIB;
  }

  private static long bytes(
      FileTierConfig file, int pageBytes, WritebackConfig writeback, Durability durability) {
    long segmentBytes = Rules.segmentBytes(file);
    long syncBytes =
        durability == Durability.DURABLE ? FileTierSettings.syncBytes(segmentBytes) : 0;
    long listBytes =
        durability == Durability.DURABLE ? FileTierSettings.listBytes(segmentBytes) : 0;
    long bytes = FileTierSettings.bufferBytes(segmentBytes) + syncBytes + listBytes;
    if (file.encryption().effective(durability) != EncryptionMode.NONE) {
      long batchBytes = Math.max(writeback.batchBytes(), syncBytes);
      bytes +=
          FileTierSettings.sealingBytes(segmentBytes, batchBytes)
              + CipherPool.bufferBytes(pageBytes);
    }
    return bytes;
  }
}
