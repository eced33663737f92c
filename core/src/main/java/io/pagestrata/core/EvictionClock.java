// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Counts the zpage bytes that left the top tier, in steps coarse enough for a stamp. Thread-safe.
 */
final class EvictionClock {
  /** Steps of the clock while the RAM tiers are evicted once. */
  private static final int STEPS = 64;

  private final AtomicLong evictedBytes = new AtomicLong();
  private final LongSupplier memoryBytes;
  private volatile long stepBytes;

  EvictionClock(LongSupplier memoryBytes) {
    this.memoryBytes = memoryBytes;
  }

  void evicted(long bytes) {
    evictedBytes.addAndGet(bytes);
  }

  long now() {
    return evictedBytes.get() / stepBytes();
  }

  /**
   * Bytes that left since a stamp, which wraps around after sixteen rounds: a page that was away
   * for so long may be taken for one that has just left, and is promoted in vain.
   */
  long bytesSince(int stamp) {
    return (now() - stamp & Entry.STAMPS - 1) * stepBytes();
  }

  /**
   * Fixed when first asked: the limit moves with the page table, and stamps must stay comparable.
   */
  private long stepBytes() {
    long step = stepBytes;
    if (step == 0) {
      step = Math.max(1, memoryBytes.getAsLong() / STEPS);
      stepBytes = step;
    }
    return step;
  }
}
