// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/**
 * Counts the zpages on their way into the lowest tier, past a revocable tier or through it. Each
 * tier above has its counts, since zpages of one end in the order in which they were taken, and
 * those of two do not. Thread-safe.
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
    return tier < lowest && mirrors.safeTierBelow(tier) == lowest;
  }

  /** A zpage is about to be taken out of a tier. */
  void begin(int tier) {
    if (reached(tier)) {
      begun.incrementAndGet(tier);
    }
  }

  /** It was not taken after all. */
  void abandon(int tier) {
    if (reached(tier)) {
      begun.decrementAndGet(tier);
    }
  }

  /** Its way has ended, wherever. */
  void end(int tier) {
    if (reached(tier)) {
      ended.incrementAndGet(tier);
    }
  }

  /** Tells, now and later, whether the way of every zpage has ended that is taken now. */
  BooleanSupplier underWay() {
    long[] fences = new long[lowest];
    for (int tier = 0; tier < lowest; tier++) {
      fences[tier] = begun.get(tier);
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
