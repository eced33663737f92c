// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the zpages on their way down, by the tier that they leave. Those of one tier end in the
 * order in which they began. Thread-safe.
 */
final class DownwardWrites {
  private final Mirrors mirrors;
  private final int lowest;
  private final AtomicLongArray begun;
  private final AtomicLongArray ended;

  DownwardWrites(Mirrors mirrors, int lowest) {
    this.mirrors = mirrors;
    this.lowest = lowest;
    begun = new AtomicLongArray(lowest + 1);
    ended = new AtomicLongArray(lowest + 1);
  }

  /** A zpage is about to be taken out of a tier. */
  void begin(int tier) {
    begun.incrementAndGet(tier);
  }

  /** It was not taken after all. */
  void abandon(int tier) {
    begun.decrementAndGet(tier);
  }

  /** Its way has ended, wherever. */
  void end(int tier) {
    ended.incrementAndGet(tier);
  }

  /** Zpages ever taken on their way into the lowest tier, past a revocable tier or through it. */
  long begunIntoLowest() {
    return intoLowest(begun);
  }

  /** Those of them whose way has ended. */
  long endedIntoLowest() {
    return intoLowest(ended);
  }

  private long intoLowest(AtomicLongArray counts) {
    long sum = 0;
    for (int tier = 0; tier <= lowest; tier++) {
      sum += mirrors.safeTierBelow(tier) == lowest ? counts.get(tier) : 0;
    }
    return sum;
  }

  /** Zpages ever taken out of each tier. */
  long[] begunByTier() {
    long[] now = new long[begun.length()];
    for (int tier = 0; tier < now.length; tier++) {
      now[tier] = begun.get(tier);
    }
    return now;
  }

  /** Whether everything has ended that had begun at an earlier moment. */
  boolean haveEnded(long[] begunThen) {
    for (int tier = 0; tier < begunThen.length; tier++) {
      // One that was abandoned since counted as begun.
      if (ended.get(tier) < Math.min(begunThen[tier], begun.get(tier))) {
        return false;
      }
    }
    return true;
  }
}
