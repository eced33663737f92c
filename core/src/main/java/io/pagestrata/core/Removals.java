// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Removal of pages: every word taken out of the table is freed and counted here. Thread-safe. */
final class Removals {
  private final PageHierarchy hierarchy;
  private final LongSupplier generations;

  Removals(PageHierarchy hierarchy, AtomicLong generations) {
    this.hierarchy = hierarchy;
    this.generations = generations::incrementAndGet;
  }

  /** Removes a run of pages; returns how many were present. */
  long removeRange(Lane lane, Pool pool, long object, int firstIndex, long count) {
    long before = lane.counted(Counter.FLUSHES);
    pool.table()
        .removeRange(object, firstIndex, count, generations, word -> release(lane, pool, word));
    return lane.counted(Counter.FLUSHES) - before;
  }

  long removeObject(Lane lane, Pool pool, long object) {
    long before = lane.counted(Counter.FLUSHES);
    pool.table().removeObject(object, generations, word -> release(lane, pool, word));
    return lane.counted(Counter.FLUSHES) - before;
  }

  /** Removes every page of a pool that is being destroyed. */
  long removeAll(Lane lane, Pool pool) {
    long before = lane.counted(Counter.FLUSHES);
    pool.table().removeAll(generations, word -> release(lane, pool, word));
    long removed = lane.counted(Counter.FLUSHES) - before;
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

  private void release(Lane lane, Pool pool, long word) {
    hierarchy.release(pool.tenant(), word);
    if (Entry.isPresent(word)) {
      pool.tenant().pages.decrement();
      lane.count(Counter.PAGES, -1);
      lane.count(Counter.FLUSHES);
    }
  }
}
