// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the zpages on their way into the lowest tier, past a revocable tier or through it.
 * Thread-safe.
 */
final class LowestWrites {
  private final Mirrors mirrors;
  private final int lowest;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();

  LowestWrites(Mirrors mirrors, int lowest) {
    this.mirrors = mirrors;
    this.lowest = lowest;
  }

  private boolean reached(int tier) {
    return mirrors.safeTierBelow(tier) == lowest;
  }

  /** A zpage is about to be taken out of a tier. */
  void begin(int tier) {
    if (reached(tier)) {
      begun.incrementAndGet();
    }
  }

  /** It was not taken after all. */
  void abandon(int tier) {
    if (reached(tier)) {
      begun.decrementAndGet();
    }
  }

  /** Its way has ended, wherever. */
  void end(int tier) {
    if (reached(tier)) {
      ended.incrementAndGet();
    }
  }

  /** Zpages ever taken. */
  long begun() {
    return begun.get();
  }

  /** Those of them whose way has ended. */
  long ended() {
    return ended.get();
  }
}
