// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.nio.file.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Tells when segments need an earlier key, and when none does any more. What was told is guarded by
 * the maintenance lock of the tier; asking needs no lock.
 */
final class KeyProgress {
  private static final Logger LOG = LogManager.getLogger(KeyProgress.class);
  private static final long NOTHING_TOLD = -1;

  private final Path directory;
  private final Segments segments;
  private long toldBytes;

  /**
   * Makes it for one tier.
   *
   * @param hasEarlierKeys whether somebody wants to know when they are needed no more
   */
  KeyProgress(Path directory, Segments segments, boolean hasEarlierKeys) {
    this.directory = directory;
    this.segments = segments;
    toldBytes = hasEarlierKeys ? NOTHING_TOLD : 0;
  }

  /** Length of the segments that are not encrypted as new ones are. */
  long outdatedBytes() {
    long bytes = 0;
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      bytes += segment == null || segments.isUpToDate(segment) ? 0 : segment.fileBytes();
    }
    return bytes;
  }

  void tell() {
    long bytes = outdatedBytes();
    if (bytes > 0 && toldBytes <= 0) {
      LOG.info(
          "{}: {} bytes of segments are not encrypted as configured; cleaning writes them again",
          directory,
          bytes);
    } else if (bytes == 0 && toldBytes != 0) {
      LOG.info("{}: every segment is encrypted as configured; no earlier key is needed", directory);
    }
    toldBytes = bytes;
  }
}
