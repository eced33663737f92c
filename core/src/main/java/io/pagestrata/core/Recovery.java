// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.Tier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills the page table from the log of the lowest tier: of the records of a page the one with the
 * highest generation counts. Two records with the same generation are copies; the first is kept.
 * Used once, by the thread that opens the store.
 */
final class Recovery implements PageLog.Visitor {
  private final Pools pools;
  private final Tier tier;
  private final int tierNumber;
  private final List<LeafChanges> leaves = new ArrayList<>();
  private Pool lastPool;
  private int lastPoolId;
  private Leaf lastLeaf;

  Recovery(Pools pools, PageHierarchy hierarchy) {
    this.pools = pools;
    tier = hierarchy.lowest();
    tierNumber = hierarchy.tierCount() - 1;
  }

  /**
   * Recovers everything.
   *
   * @return the highest generation seen
   */
  static long run(PageLog log, Pools pools, PageHierarchy hierarchy, Lanes lanes) {
    pools.restore(log.pools(), log.nextPool());
    Recovery recovery = new Recovery(pools, hierarchy);
    long generation;
    try {
      generation = log.recover(recovery);
    } catch (IOException e) {
      throw new TierFailureException("the store could not be recovered: " + e.getMessage(), e);
    }
    Lane lane = lanes.borrow();
    try {
      lane.count(Counter.PAGES, recovery.end());
    } finally {
      lanes.giveBack(lane);
    }
    return generation;
  }

  @Override
  public void record(
      int pool, long object, int index, long generation, boolean tombstone, long locator) {
    if (pool != lastPoolId) {
      lastPool = pools.find(pool);
      lastPoolId = pool;
      lastLeaf = null;
    }
    if (lastPool == null) {
      drop(tombstone, locator);
      return;
    }
    Leaf leaf = leafOf(object, index);
    long[] generations = leaf.changes().generations();
    int slot = Leaf.slot(index);
    if (!tombstone) {
      leaf.noteRecord(slot);
    }
    if (generation <= generations[slot]) {
      drop(tombstone, locator);
      return;
    }
    long old = leaf.get(slot);
    if (Entry.tier(old) == tierNumber) {
      lastPool.tenant().remove(tierNumber, tier.heldBytes(Entry.locator(old)));
      tier.free(Entry.locator(old));
    }
    if (!tombstone) {
      lastPool.tenant().add(tierNumber, tier.heldBytes(locator));
    }
    generations[slot] = generation;
    leaf.compareAndSet(
        slot, old, tombstone ? Entry.absent(generation) : Entry.inTier(tierNumber, 0, locator));
  }

  private Leaf leafOf(long object, int index) {
    Leaf leaf = lastLeaf;
    if (leaf == null
        || leaf.changes().object() != object
        || leaf.changes().firstIndex() != (index & -Leaf.PAGES)) {
      leaf = lastPool.table().findOrMake(object, index);
      if (leaf == null) {
        throw new InvalidConfigurationException(
            List.of("the size of the RAM tier has no room for the page table of what is stored"));
      }
      if (leaf.changes().generations() == null) {
        leaf.changes().startRecovery();
        leaves.add(leaf.changes());
      }
      lastLeaf = leaf;
    }
    return leaf;
  }

  /** Tombstones belong to the tier. */
  private void drop(boolean tombstone, long locator) {
    if (!tombstone) {
      tier.free(locator);
    }
  }

  /** Unlinks leaves without pages; returns how many pages there are. */
  private long end() {
    long pages = 0;
    for (LeafChanges changes : leaves) {
      changes.endRecovery();
      int present = 0;
      for (int slot = 0; slot < Leaf.PAGES; slot++) {
        present += Entry.isPresent(changes.leaf().get(slot)) ? 1 : 0;
      }
      if (present == 0) {
        pools.find(changes.pool()).table().unlinkIfEmpty(changes.leaf());
      }
      pools.find(changes.pool()).tenant().pages.add(present);
      pages += present;
    }
    return pages;
  }
}
