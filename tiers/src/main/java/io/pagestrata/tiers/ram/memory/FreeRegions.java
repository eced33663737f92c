// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.memory;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;

/**
 * The regions of a zpool that nobody uses, all of one size, and what the pool has charged to the
 * memory budget for the others.
 *
 * <p>A free region is <em>cold</em> (never used or given back; not charged) or <em>spare</em>
 * (resident and charged, so that the next taker finds it without page faults). When the budget runs
 * short, spare regions turn cold.
 *
 * <p>Reserve: a put leaves {@code reserveRegions} untouched, a promotion three times as many,
 * reclaim and compaction take the last one. When the page table takes even those, reclaim still
 * works, since showing a region needs no room.
 *
 * <p>Thread-safe. The monitor is innermost: nothing else is locked while it is held, and neither
 * the budget nor the system is called.
 */
public final class FreeRegions {
  /** Answer of {@link #take}: no region for this intent. */
  public static final int NONE = -1;

  private static final int PROMOTION_KEEPS_RESERVES = 3;

  private final MemoryBudget budget;
  private final OffHeapMemory memory;
  private final int regionBytes;
  private final int count;
  private final int reserveRegions;

  /** Stacks that grow towards each other: cold ones from the left, spare ones from the right. */
  private final int[] free;

  private int cold;
  private int spare;

  /** Charged and neither spare nor cold; read without the monitor by gauges. */
  private volatile int used;

  private volatile int charged;
  private boolean closed;

  /**
   * Cuts a memory into free regions, none of them charged yet.
   *
   * @param count regions, numbered from 0
   * @param regionBytes size of one, a multiple of the system's page size
   * @param reserveRegions regions that puts leave for reclaim and compaction
   * @param memory holds region {@code n} from {@code n * regionBytes} on
   * @param budget charged for each resident region
   */
  public FreeRegions(
      int count, int regionBytes, int reserveRegions, OffHeapMemory memory, MemoryBudget budget) {
    this.count = count;
    this.regionBytes = regionBytes;
    this.reserveRegions = reserveRegions;
    this.memory = memory;
    this.budget = budget;
    free = new int[count];
    for (int i = 0; i < count; i++) {
      free[i] = count - 1 - i;
    }
    cold = count;
  }

  /**
   * Takes a region for this intent.
   *
   * @param intent how deep into the reserve it may go
   * @return its number, or {@link #NONE}
   */
  public int take(StoreIntent intent) {
    int region;
    synchronized (this) {
      // The last one may be on its way back to the system.
      if (!mayTake(intent) || spare + cold == 0) {
        return NONE;
      }
      used++;
      if (spare > 0) {
        return free[count - spare--];
      }
      charged++;
      region = free[--cold];
    }
    if (budget.tryCharge(regionBytes)) {
      return region;
    }
    synchronized (this) {
      used--;
      charged--;
      free[cold++] = region;
    }
    return NONE;
  }

  /**
   * Whether this intent leaves enough behind.
   *
   * @param intent how deep into the reserve it may go
   * @return false when it would be refused
   */
  public synchronized boolean mayTake(StoreIntent intent) {
    if (closed) {
      return false;
    }
    long available = Math.min(count, limitRegions()) - used;
    return available
        > switch (intent) {
          case PROMOTION -> PROMOTION_KEEPS_RESERVES * reserveRegions;
          case PUT -> reserveRegions;
          case RECLAIM, SPARE -> 0;
        };
  }

  /**
   * Takes a recycled region back; it stays charged.
   *
   * @param region its number
   */
  public synchronized void put(int region) {
    used--;
    free[count - ++spare] = region;
  }

  /**
   * Gives spare regions to others that are charged to the budget.
   *
   * @param bytes how much they want
   * @return what was released
   */
  public long release(long bytes) {
    long released = 0;
    while (released < bytes) {
      int region;
      synchronized (this) {
        if (spare == 0) {
          break;
        }
        region = free[count - spare--];
      }
      boolean given = memory.giveBack((long) region * regionBytes, regionBytes);
      synchronized (this) {
        if (!given) {
          free[count - ++spare] = region;
          break;
        }
        charged--;
        free[cold++] = region;
      }
      budget.release(regionBytes);
      released += regionBytes;
    }
    return released;
  }

  /**
   * Makes as many regions resident as the budget allows, so that the first fill meets no faults.
   */
  public void preTouch() {
    for (int i = 0; i < count && budget.tryCharge(regionBytes); i++) {
      int region;
      synchronized (this) {
        region = free[--cold];
        charged++;
      }
      memory.touch((long) region * regionBytes, regionBytes);
      synchronized (this) {
        free[count - ++spare] = region;
      }
    }
  }

  /** Returns the whole charge; the pool is closed and nothing may be taken any more. */
  public void close() {
    long bytes;
    synchronized (this) {
      bytes = (long) charged * regionBytes;
      charged = 0;
      spare = 0;
      cold = 0;
      used = 0;
      closed = true;
    }
    budget.release(bytes);
  }

  /**
   * Memory of the regions that are neither spare nor cold.
   *
   * @return bytes
   */
  public long usedBytes() {
    return (long) used * regionBytes;
  }

  /**
   * What regions may take: the budget less what others charged.
   *
   * @return bytes
   */
  public long limitBytes() {
    return Math.min(count, limitRegions()) * regionBytes;
  }

  /**
   * What puts may fill of it.
   *
   * @return bytes, the limit less the reserve
   */
  public long putLimitBytes() {
    return Math.max(0, limitBytes() - (long) reserveRegions * regionBytes);
  }

  /**
   * What is charged to the budget: regions in use and spare ones.
   *
   * @return bytes
   */
  public long chargedBytes() {
    return (long) charged * regionBytes;
  }

  private long limitRegions() {
    long others = budget.usedBytes() - (long) charged * regionBytes;
    return Math.max(0, budget.limitBytes() - Math.max(0, others)) / regionBytes;
  }
}
