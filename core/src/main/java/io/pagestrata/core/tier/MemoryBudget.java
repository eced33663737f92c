// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;

/**
 * The one number that bounds the memory of a store: zpool blocks, page table and buffers are all
 * charged here, in bytes, before they are allocated.
 *
 * <p>When a charge does not fit, the budget asks its holder of spare memory (the zpool, which keeps
 * free blocks resident) to let some go. A {@linkplain #part part} counts what one group of holders
 * charged. Thread-safe and lock-free.
 */
public final class MemoryBudget {
  private final long limitBytes;

  /** Charged along with this part; null when this is the whole. */
  private final MemoryBudget whole;

  private final AtomicLong usedBytes = new AtomicLong();
  private volatile LongUnaryOperator spareHolder = bytes -> 0;

  /**
   * Makes an empty budget.
   *
   * @param limitBytes most bytes ever charged
   */
  public MemoryBudget(long limitBytes) {
    this(limitBytes, null);
  }

  private MemoryBudget(long limitBytes, MemoryBudget whole) {
    this.limitBytes = limitBytes;
    this.whole = whole;
  }

  /**
   * Makes an account inside this budget: what is charged to it is charged here as well, and its
   * {@link #usedBytes} tells how much of the whole that is.
   *
   * @return an empty part
   */
  public MemoryBudget part() {
    return new MemoryBudget(limitBytes, this);
  }

  /**
   * Names the one who can let memory go.
   *
   * @param holder takes the bytes wanted; releases what it can and returns how much that was
   */
  public void onShortage(LongUnaryOperator holder) {
    if (whole != null) {
      whole.onShortage(holder);
    } else {
      spareHolder = holder;
    }
  }

  /**
   * Charges bytes that are about to be allocated.
   *
   * @param bytes how many
   * @return false, with nothing charged, when they do not fit even after asking for spare memory
   */
  public boolean tryCharge(long bytes) {
    if (whole != null) {
      boolean fits = whole.tryCharge(bytes);
      usedBytes.addAndGet(fits ? bytes : 0);
      return fits;
    }
    while (!tryAdd(bytes)) {
      if (spareHolder.applyAsLong(bytes) <= 0) {
        return tryAdd(bytes);
      }
    }
    return true;
  }

  private boolean tryAdd(long bytes) {
    long used = usedBytes.get();
    while (bytes <= limitBytes - used) {
      if (usedBytes.compareAndSet(used, used + bytes)) {
        return true;
      }
      used = usedBytes.get();
    }
    return false;
  }

  /**
   * Gives charged bytes back after they were freed.
   *
   * @param bytes how many
   */
  public void release(long bytes) {
    long left = usedBytes.addAndGet(-bytes);
    // Below zero the limit would silently grow (hazard H10).
    assert left >= 0 : "released " + -left + " bytes more than were charged";
    if (whole != null) {
      whole.release(bytes);
    }
  }

  /**
   * Bytes charged now.
   *
   * @return at most {@link #limitBytes}
   */
  public long usedBytes() {
    return usedBytes.get();
  }

  /**
   * Most bytes that may be charged.
   *
   * @return the limit given at the start
   */
  public long limitBytes() {
    return limitBytes;
  }
}
