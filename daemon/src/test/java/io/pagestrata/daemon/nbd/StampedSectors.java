// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What may be read from sectors that several clients write at once: each write has a stamp, which
 * fills its sectors, and times of a logical clock for its start and its acknowledgement. Forbidden
 * are a torn sector, and the stamp of a write that was acknowledged before another write of the
 * sector began that was itself acknowledged before the read began. Thread-safe.
 */
final class StampedSectors {
  static final int SECTOR_BYTES = 512;

  private final AtomicLong clock = new AtomicLong(1);
  private final AtomicLongArray acknowledged;
  private final AtomicLongArray latestStart;

  /**
   * Makes untouched sectors, whose stamp is 0.
   *
   * @param sectors how many
   * @param writes at most
   */
  StampedSectors(int sectors, int writes) {
    latestStart = new AtomicLongArray(sectors);
    acknowledged = new AtomicLongArray(2 * writes + 2);
    acknowledged.set(0, 1);
  }

  /** Starts a write; its stamp is the time of its start. */
  long start() {
    return clock.incrementAndGet();
  }

  void acknowledge(long stamp, int firstSector, int sectors) {
    acknowledged.set((int) stamp, clock.incrementAndGet());
    for (int sector = firstSector; sector < firstSector + sectors; sector++) {
      latestStart.accumulateAndGet(sector, stamp, Math::max);
    }
  }

  static byte[] content(long stamp, int sectors) {
    ByteBuffer data = ByteBuffer.allocate(sectors * SECTOR_BYTES);
    while (data.hasRemaining()) {
      data.putLong(stamp);
    }
    return data.array();
  }

  /** What a read that begins now must not be older than, sector by sector. */
  long[] beforeRead(int firstSector, int sectors) {
    long[] latest = new long[sectors];
    for (int i = 0; i < sectors; i++) {
      latest[i] = latestStart.get(firstSector + i);
    }
    return latest;
  }

  /** Checks what was read. */
  void check(byte[] data, int firstSector, long[] before) {
    ByteBuffer read = ByteBuffer.wrap(data);
    for (int i = 0; i < before.length; i++) {
      long stamp = read.getLong(i * SECTOR_BYTES);
      for (int at = 0; at < SECTOR_BYTES; at += Long.BYTES) {
        long word = read.getLong(i * SECTOR_BYTES + at);
        if (word != stamp) {
          throw new AssertionError(
              "torn: sector " + (firstSector + i) + " holds " + stamp + " and " + word);
        }
      }
      long end = acknowledged.get((int) stamp);
      if (end != 0 && end < before[i]) {
        throw new AssertionError(
            "stale: sector %d holds write %d, acknowledged at %d; write %d began later and was acknowledged before the read"
                .formatted(firstSector + i, stamp, end, before[i]));
      }
    }
  }
}
