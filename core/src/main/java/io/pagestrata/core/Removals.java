// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.PageTable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Removal of pages: every word taken out of the table is freed and counted here. Thread-safe. */
final class Removals {
  /** Pages that a flush passes with one lane. */
  static final long PART_PAGES = 1L << 20;

  private final PageHierarchy hierarchy;
  private final LongSupplier generations;

  Removals(PageHierarchy hierarchy, AtomicLong generations) {
    this.hierarchy = hierarchy;
    this.generations = generations::incrementAndGet;
  }

  /**
   * Flushes a run of pages, in parts: a long run gives its lane back in between, so that close need
   * not wait for all of it. Returns how many were present.
   *
   * @throws StoreClosedException when that was before the last part
   */
  long flushRange(Lanes lanes, Pool pool, long object, int firstIndex, long count) {
    long next = Integer.toUnsignedLong(firstIndex);
    long end = next + count;
    long flushed = 0;
    do {
      // Whole leaves, since those are unlinked.
      long partEnd = Math.min(end, (next | PART_PAGES - 1) + 1);
      Lane lane = lanes.borrow();
      try {
        long removed = removeRange(lane, pool, object, (int) next, partEnd - next);
        lane.count(Counter.FLUSHES, removed);
        flushed += removed;
      } finally {
        lanes.giveBack(lane);
      }
      // A run of pages that were never written is passed in one step.
      next = partEnd < end ? pool.table().nextPresent(object, partEnd, end) : end;
    } while (next < end);
    return flushed;
  }

  private long removeRange(Lane lane, Pool pool, long object, int firstIndex, long count) {
    long before = lane.counted(Counter.REMOVALS);
    pool.table().removeRange(object, firstIndex, count, generations, new Owner(lane, pool));
    return lane.counted(Counter.REMOVALS) - before;
  }

  /**
   * Flushes every page of an object; returns how many were present. In parts first, since a put
   * into an object waits while the whole of it is unlinked.
   */
  long flushObject(Lanes lanes, Pool pool, long object) {
    long inParts = flushRange(lanes, pool, object, 0, 1L << 32);
    Lane lane = lanes.borrow();
    try {
      long before = lane.counted(Counter.REMOVALS);
      pool.table().removeObject(object, generations, new Owner(lane, pool));
      long flushed = lane.counted(Counter.REMOVALS) - before;
      lane.count(Counter.FLUSHES, flushed);
      return inParts + flushed;
    } finally {
      lanes.giveBack(lane);
    }
  }

  /**
   * Removes every page of a pool that is being destroyed; returns how many there were. Each leaf
   * with a lane of its own, so that close need not wait for all of them.
   *
   * @throws StoreClosedException when that was before the last one
   */
  long removeAll(Lanes lanes, Pool pool) {
    long[] removed = new long[1];
    pool.table()
        .forEachLeaf(
            (object, firstIndex, leaf) -> {
              Lane lane = lanes.borrow();
              try {
                removed[0] += removeLeaf(lane, pool, object, firstIndex);
              } finally {
                lanes.giveBack(lane);
              }
            });
    return removed[0];
  }

  /** Removes the pages around one of a pool that was destroyed; returns how many there were. */
  long removeLeaf(Lane lane, Pool pool, long object, int index) {
    long before = lane.counted(Counter.REMOVALS);
    pool.table().removeLeaf(object, index, generations, new Owner(lane, pool));
    long removed = lane.counted(Counter.REMOVALS) - before;
    if (pool.kind() == PoolKind.EPHEMERAL) {
      hierarchy.drops().count(Drops.Reason.POOL_DESTROYED, removed);
    }
    return removed;
  }

  /** Removes the page whose put was refused from a pool that may drop it: it is stale. */
  void removeStale(Lane lane, Pool pool, long object, int index) {
    if (pool.kind() == PoolKind.EPHEMERAL) {
      long removed = removeRange(lane, pool, object, index, 1);
      hierarchy.drops().count(Drops.Reason.REFUSED_PUT, removed);
    }
  }

  /** Frees what is removed with one lane, and counts it. */
  private final class Owner implements PageTable.Owner {
    private final Lane lane;
    private final Pool pool;

    Owner(Lane lane, Pool pool) {
      this.lane = lane;
      this.pool = pool;
    }

    @Override
    public boolean replace(Leaf leaf, int slot, long word, long next) {
      boolean won = hierarchy.superseded().replace(pool.tenant(), leaf, slot, word, next);
      if (won) {
        count(word);
      }
      return won;
    }

    @Override
    public void own(Leaf leaf, int slot, long word) {
      hierarchy.release(pool.tenant(), word);
      count(word);
    }

    private void count(long word) {
      if (Entry.isPresent(word)) {
        pool.tenant().pages.decrement();
        lane.count(Counter.PAGES, -1);
        lane.count(Counter.REMOVALS);
      }
    }
  }
}
