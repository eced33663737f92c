// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;

/**
 * The blocks that nobody uses, and what the pool has charged to the memory budget.
 *
 * <p>A free block is <em>cold</em> (never used or given back; not charged) or <em>spare</em>
 * (resident and charged, so that the next taker finds it without page faults). When the budget runs
 * short, spare blocks turn cold.
 *
 * <p>Reserve: a put leaves {@code reserveBlocks} untouched, a promotion three times as many,
 * reclaim and cleaning take the last one. When the page table takes even those, reclaim still
 * works, since showing a block needs no room.
 *
 * <p>Thread-safe. The monitor is innermost: nothing else is locked while it is held, and neither
 * the budget nor the system is called.
 */
final class FreeBlocks {
  static final int NONE = -1;

  private static final int RESERVE_BLOCKS = 2;
  private static final int FEW_BLOCKS = 16;
  private static final int PROMOTION_KEEPS_RESERVES = 3;

  private final MemoryBudget budget;
  private final OffHeapMemory memory;
  private final int blockBytes;
  private final int count;
  private final int reserveBlocks;

  /** Stacks that grow towards each other: cold ones from the left, spare ones from the right. */
  private final int[] free;

  private int cold;
  private int spare;

  /** Charged and neither spare nor cold; read without the monitor by gauges. */
  private volatile int used;

  private volatile int charged;
  private boolean closed;

  FreeBlocks(int count, int blockBytes, OffHeapMemory memory, MemoryBudget budget) {
    this.count = count;
    this.blockBytes = blockBytes;
    this.memory = memory;
    this.budget = budget;
    reserveBlocks = count < FEW_BLOCKS ? 1 : RESERVE_BLOCKS;
    free = new int[count];
    for (int i = 0; i < count; i++) {
      free[i] = count - 1 - i;
    }
    cold = count;
  }

  /** Takes a block for this intent, or answers {@link #NONE}. */
  int take(StoreIntent intent) {
    int block;
    synchronized (this) {
      if (!mayTake(intent)) {
        return NONE;
      }
      used++;
      if (spare > 0) {
        return free[count - spare--];
      }
      charged++;
      block = free[--cold];
    }
    if (budget.tryCharge(blockBytes)) {
      return block;
    }
    synchronized (this) {
      used--;
      charged--;
      free[cold++] = block;
    }
    return NONE;
  }

  /** Whether this intent leaves enough behind. */
  synchronized boolean mayTake(StoreIntent intent) {
    if (closed) {
      return false;
    }
    long available = Math.min(count, limitBlocks()) - used;
    return available
        > switch (intent) {
          case PROMOTION -> PROMOTION_KEEPS_RESERVES * reserveBlocks;
          case PUT -> reserveBlocks;
          case RECLAIM -> 0;
        };
  }

  /** Takes a recycled block back; it stays charged. */
  synchronized void put(int block) {
    used--;
    free[count - ++spare] = block;
  }

  /**
   * Gives spare blocks to others that are charged to the budget.
   *
   * @param bytes how much they want
   * @return what was released
   */
  long release(long bytes) {
    long released = 0;
    while (released < bytes) {
      int block;
      synchronized (this) {
        if (spare == 0) {
          break;
        }
        block = free[count - spare--];
      }
      boolean given = memory.giveBack((long) block * blockBytes, blockBytes);
      synchronized (this) {
        if (!given) {
          free[count - ++spare] = block;
          break;
        }
        charged--;
        free[cold++] = block;
      }
      budget.release(blockBytes);
      released += blockBytes;
    }
    return released;
  }

  /** Makes as many blocks resident as the budget allows, so that the first fill meets no faults. */
  void preTouch() {
    for (int i = 0; i < count && budget.tryCharge(blockBytes); i++) {
      int block;
      synchronized (this) {
        block = free[--cold];
        charged++;
      }
      memory.touch((long) block * blockBytes, blockBytes);
      synchronized (this) {
        free[count - ++spare] = block;
      }
    }
  }

  /** Returns the whole charge; the pool is closed and nothing may be taken any more. */
  void close() {
    long bytes;
    synchronized (this) {
      bytes = (long) charged * blockBytes;
      charged = 0;
      spare = 0;
      cold = 0;
      used = 0;
      closed = true;
    }
    budget.release(bytes);
  }

  long usedBytes() {
    return (long) used * blockBytes;
  }

  /** What blocks may take: the budget less what others charged. */
  long limitBytes() {
    return Math.min(count, limitBlocks()) * blockBytes;
  }

  /** What puts may fill of it. */
  long putLimitBytes() {
    return Math.max(0, limitBytes() - (long) reserveBlocks * blockBytes);
  }

  private long limitBlocks() {
    long others = budget.usedBytes() - (long) charged * blockBytes;
    return Math.max(0, budget.limitBytes() - Math.max(0, others)) / blockBytes;
  }
}
