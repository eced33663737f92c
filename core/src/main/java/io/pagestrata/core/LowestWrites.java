// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/**
 * Counts the zpages on their way down, and tells those that go into the lowest tier, past a
 * revocable tier or through it. Each tier above has its counts, since zpages of one end in the
 * order in which they were taken, and those of two do not. Thread-safe.
 */
final class LowestWrites {
  private final Mirrors mirrors;
  private final int lowest;
  private final AtomicLongArray begun;
  private final AtomicLongArray ended;

  LowestWrites(Mirrors mirrors, int lowest) {
    this.mirrors = mirrors;
    this.lowest = lowest;
    begun = new AtomicLongArray(lowest);
    ended = new AtomicLongArray(lowest);
  }

  private boolean reached(int tier) {
    return mirrors.safeTierBelow(tier) == lowest;
  }

  /** A zpage is about to be taken out of a tier. */
  void begin(int tier) {
    if (tier < lowest) {
      begun.incrementAndGet(tier);
    }
  }

  /** It was not taken after all. */
  void abandon(int tier) {
    if (tier < lowest) {
      begun.decrementAndGet(tier);
    }
  }

  /** Its way has ended, wherever. */
  void end(int tier) {
    if (tier < lowest) {
      ended.incrementAndGet(tier);
    }
  }

  /**
   * Tells, now and later, whether the way of every zpage has ended that is taken now and goes into
   * the lowest tier.
   */
  BooleanSupplier underWay() {
    return underWay(this::reached);
  }

  /** As {@link #underWay}, for every zpage on its way down. */
  BooleanSupplier underWayAnywhere() {
    return underWay(tier -> true);
  }

  private BooleanSupplier underWay(IntPredicate counts) {
    long[] fences = new long[lowest];
    for (int tier = 0; tier < lowest; tier++) {
      fences[tier] = counts.test(tier) ? begun.get(tier) : 0;
    }
    return () -> {
      for (int tier = 0; tier < fences.length; tier++) {
        // Fewer were taken than it seemed where one was abandoned.
        if (ended.get(tier) < Math.min(fences[tier], begun.get(tier))) {
          return false;
        }
      }
      return true;
    };
  }
}
