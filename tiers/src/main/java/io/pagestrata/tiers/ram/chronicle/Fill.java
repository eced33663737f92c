// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import io.pagestrata.core.tier.StoreIntent;

/**
 * How full the map is, measured so that 1 is where it refuses.
 *
 * <p>Chronicle Map does not tell how much more it can take: free chunks are there, but no run that
 * is long enough, the more so the more sizes were removed and stored. So it is learned: a refusal
 * says that what was alive then is all that fits, and each 256 stores that succeed let a little
 * more be hoped for. Memory in use is what is alive, scaled by that; in this way the loss of
 * density shows in every figure, and reclaim starts in time. Guarded by the lock of the pool.
 */
final class Fill {
  private static final int STORES_PER_STEP = 256;
  private static final int STEPS = 512;
  private static final int LEAST_CAPACITY_DIVISOR = 4;
  private static final int RESERVE_DIVISOR = 64;
  private static final int PROMOTION_KEEPS_RESERVES = 3;

  private final long memoryBytes;
  private final long mostBytes;
  private final long reserveBytes;
  private long capacityBytes;
  private long stores;
  private volatile long liveBytes;
  private volatile long usedBytes;

  Fill(long memoryBytes, long mostBytes, int largestBytes) {
    this.memoryBytes = memoryBytes;
    this.mostBytes = mostBytes;
    capacityBytes = mostBytes;
    reserveBytes = Math.max(memoryBytes / RESERVE_DIVISOR, 2L * largestBytes);
  }

  /** Whether something of this size may be tried. */
  boolean mayStore(int bytes, StoreIntent intent) {
    long kept =
        switch (intent) {
          case PROMOTION -> PROMOTION_KEEPS_RESERVES * reserveBytes;
          case PUT -> reserveBytes;
          case RECLAIM, SPARE -> 0;
        };
    return scaled(liveBytes + bytes) + kept <= memoryBytes;
  }

  void stored(int bytes) {
    liveBytes += bytes;
    if (++stores % STORES_PER_STEP == 0) {
      capacityBytes = Math.min(mostBytes, capacityBytes + mostBytes / STEPS);
    }
    usedBytes = Math.min(memoryBytes, scaled(liveBytes));
  }

  void refused() {
    long least = mostBytes / LEAST_CAPACITY_DIVISOR;
    capacityBytes = Math.max(least, Math.min(capacityBytes, liveBytes));
    usedBytes = Math.min(memoryBytes, scaled(liveBytes));
  }

  void freed(int bytes) {
    liveBytes -= bytes;
    usedBytes = Math.min(memoryBytes, scaled(liveBytes));
  }

  private long scaled(long bytes) {
    return (long) ((double) bytes / capacityBytes * memoryBytes);
  }

  long memoryBytes() {
    return memoryBytes;
  }

  long liveBytes() {
    return liveBytes;
  }

  long usedBytes() {
    return usedBytes;
  }

  long putLimitBytes() {
    return memoryBytes - reserveBytes;
  }
}
