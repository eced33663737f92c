// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.crash.CrashDisk.Keeps;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.tiers.file.ForwardingFiles;
import io.pagestrata.tiers.file.ForwardingFiles.ForwardingFile;
import io.pagestrata.tiers.file.SegmentFile;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * No nonce is used for two records with one key, however often the store crashes, a disk fails, or
 * a tail is cut off: all writes of many lives on one disk are watched.
 */
@ExtendWith(SeededRandom.class)
class NoncesTest {
  private static final int HEADER_BYTES = 4096;
  private static final int TAG_BYTES = 16;
  private static final int KEY_AT = 4048;
  private static final int KEY_BYTES = 40;
  private static final int LIVES = 60;
  private static final int STEPS = 120;

  /** Ciphertext by key and salt, segment and position. */
  private final Map<String, byte[]> records = new HashMap<>();

  /** Key and salt of each file of the present life. */
  private final Map<String, String> keys = new HashMap<>();

  @Test
  void everyRecordHasItsOwn(Random random) throws IOException {
    CrashDisk disk = new CrashDisk();
    CrashWorkload before = null;
    for (int life = 0; life < LIVES; life++) {
      keys.clear();
      CrashWorkload workload =
          new CrashWorkload(
              watched(disk),
              new Random(random.nextLong()),
              CrashSetup.USUAL.with(Deduplication.TENANT));
      if (before != null) {
        workload.goOnFrom(before.model(), before.lastVersion());
      }
      before = workload;
      disk.failAtRandom(new Random(random.nextLong()), life % 2 * 0.05);
      for (int step = 0; step < STEPS; step++) {
        workload.step();
      }
      Keeps keeps = Keeps.values()[random.nextInt(Keeps.values().length)];
      CrashDisk next = disk.afterPowerLoss(keeps, random);
      disk.failAtRandom(null, 0);
      workload.store().close();
      disk = next;
    }
    assertThat(records).hasSizeGreaterThan(LIVES * 10);
  }

  /** What a life opens that it has not made is not written to. */
  private SegmentFiles watched(CrashDisk disk) {
    return new ForwardingFiles(disk) {
      @Override
      protected SegmentFile wrapped(SegmentFile file, String name) {
        return name.startsWith("segment") ? watched(file, name) : file;
      }
    };
  }

  private SegmentFile watched(SegmentFile file, String name) {
    return new ForwardingFile(file) {
      @Override
      public int write(ByteBuffer source, long offset) throws IOException {
        note(name, source.duplicate(), offset);
        return super.write(source, offset);
      }
    };
  }

  private void note(String name, ByteBuffer written, long position) {
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    if (position == 0) {
      keys.put(name, HexFormat.of().formatHex(bytes, KEY_AT, KEY_AT + KEY_BYTES));
      return;
    }
    ByteBuffer memory = ByteBuffer.wrap(bytes);
    int at = 0;
    while (at + ZpageHeader.BYTES + TAG_BYTES <= bytes.length && isRecord(memory, at)) {
      int end = at + ZpageHeader.zpageBytes(memory, at) + TAG_BYTES;
      byte[] sealed = Arrays.copyOfRange(bytes, at + ZpageHeader.BYTES, end);
      byte[] before = records.put(keys.get(name) + name + (position + at), sealed);
      assertThat(before == null || Arrays.equals(before, sealed))
          .as("%s offset %d has a nonce of its own", name, position + at)
          .isTrue();
      at = (end + 15) & -16;
    }
  }

  /** Footers follow records, and are none. */
  private static boolean isRecord(ByteBuffer memory, int at) {
    CRC32C crc = new CRC32C();
    return ZpageHeader.verify(memory, at, memory.limit() - at, TAG_BYTES, crc);
  }
}
