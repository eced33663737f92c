// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.Tier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills the page table from the log of the lowest tier: of the records of a page the one with the
 * highest generation counts. Two records with the same generation are copies; the first is kept.
 * References to contents are counted last, when all contents are known. Used once, by the thread
 * that opens the store.
 */
final class Recovery implements PageLog.Visitor {
  /** A page that shares a content which is not there. */
  private record Lost(Leaf leaf, int slot) {}

  private final Pools pools;
  private final Tier tier;
  private final int tierNumber;
  private final Map<Leaf, RecoveredLeaf> leaves = new LinkedHashMap<>();
  private final List<Lost> losses = new ArrayList<>();
  private final PageHierarchy hierarchy;
  private final MemoryBudget budget;
  private final Contents contents;
  private long lostContent = Contents.NONE;
  private Pool lastPool;
  private int lastPoolId;
  private RecoveredLeaf lastLeaf;

  Recovery(Pools pools, PageHierarchy hierarchy, MemoryBudget budget) {
    this.pools = pools;
    this.hierarchy = hierarchy;
    this.budget = budget;
    contents = hierarchy.contents();
    tier = hierarchy.lowest();
    tierNumber = hierarchy.tierCount() - 1;
  }

  /**
   * Recovers everything.
   *
   * @return the highest generation seen
   */
  static long run(
      PageLog log, Pools pools, PageHierarchy hierarchy, Lanes lanes, MemoryBudget budget) {
    pools.restore(log.pools(), log.nextPool());
    Recovery recovery = new Recovery(pools, hierarchy, budget);
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
    RecoveredLeaf leaf = newer(pool, object, index, generation, !tombstone);
    if (leaf == null) {
      drop(tombstone, locator);
      return;
    }
    if (!tombstone) {
      lastPool.tenant().add(tierNumber, tier.heldBytes(locator));
    }
    replace(
        leaf.leaf(),
        Leaf.slot(index),
        tombstone ? Entry.absent(generation) : Entry.inTier(tierNumber, 0, locator));
  }

  @Override
  public void sharedRecord(
      int pool,
      long object,
      int index,
      long generation,
      long contentGeneration,
      int contentIndex,
      long locator) {
    RecoveredLeaf leaf = newer(pool, object, index, generation, true);
    if (leaf == null) {
      tier.free(locator);
      return;
    }
    if (!leaf.makeRecords(budget)) {
      throw noRoom();
    }
    int slot = Leaf.slot(index);
    // Named by the index of the content for now; whether it is there the end of all records tells.
    replace(leaf.leaf(), slot, Entry.shared(generation, Integer.toUnsignedLong(contentIndex)));
    leaf.setRecord(slot, Entry.record(locator), contentGeneration);
    lastPool.tenant().add(tierNumber, tier.heldBytes(locator));
  }

  /** The leaf of a page of which this is the newest record so far; else null. */
  private RecoveredLeaf newer(int pool, long object, int index, long generation, boolean isZpage) {
    if (pool != lastPoolId) {
      lastPool = pools.find(pool);
      lastPoolId = pool;
      lastLeaf = null;
    }
    if (lastPool == null) {
      return null;
    }
    if (lastLeaf == null || !lastLeaf.covers(object, index)) {
      lastLeaf = leafOf(object, index);
    }
    int slot = Leaf.slot(index);
    if (isZpage) {
      lastLeaf.leaf().noteRecord(slot);
    }
    return lastLeaf.advance(slot, generation) ? lastLeaf : null;
  }

  private void replace(Leaf leaf, int slot, long word) {
    long old = leaf.get(slot);
    hierarchy.release(
        lastPool.tenant(), Entry.isShared(old) ? leaf.changes().records().take(slot) : old);
    leaf.compareAndSet(slot, old, word);
  }

  private RecoveredLeaf leafOf(long object, int index) {
    Leaf leaf = lastPool.table().findOrMake(object, index);
    if (leaf == null) {
      throw noRoom();
    }
    return leaves.computeIfAbsent(
        leaf,
        first -> {
          RecoveredLeaf made = RecoveredLeaf.of(first, budget);
          if (made == null) {
            throw noRoom();
          }
          return made;
        });
  }

  private static InvalidConfigurationException noRoom() {
    return new InvalidConfigurationException(
        List.of(
            "the size of the RAM tier has no room for the page table of what is stored, which takes"
                + " twice as much while the store opens"));
  }

  /** Tombstones belong to the tier. */
  private void drop(boolean tombstone, long locator) {
    if (!tombstone) {
      tier.free(locator);
    }
  }

  /** Connects pages with what they share, unlinks leaves without pages; returns the pages. */
  private long end() {
    leaves.values().forEach(this::resolve);
    contents.endRecovery();
    leaves.values().forEach(this::removeOrphans);
    for (Lost lost : losses) {
      lost.leaf.compareAndSet(lost.slot, lost.leaf.get(lost.slot), lostWord(lost));
    }
    long pages = 0;
    for (RecoveredLeaf leaf : leaves.values()) {
      leaf.end(budget);
      pages += countPages(leaf.changes());
    }
    return pages;
  }

  /** Pages of users in a leaf, which is unlinked when it has none. */
  private int countPages(LeafChanges leaf) {
    Pool pool = pools.find(leaf.pool());
    int present = 0;
    for (int slot = 0; slot < Leaf.PAGES; slot++) {
      present += Entry.isPresent(leaf.leaf().get(slot)) ? 1 : 0;
    }
    if (present == 0) {
      pool.table().unlinkIfEmpty(leaf.leaf());
    }
    if (pool.isContents()) {
      return 0;
    }
    pool.tenant().pages.add(present);
    return present;
  }

  private void resolve(RecoveredLeaf from) {
    Leaf leaf = from.leaf();
    for (int slot = 0; slot < Leaf.PAGES; slot++) {
      long word = leaf.get(slot);
      if (Entry.isShared(word)) {
        int index = Contents.slot(Entry.content(word));
        if (!refer(index, from.contentGeneration(slot))) {
          losses.add(new Lost(leaf, slot));
        }
      }
    }
  }

  /** Adds a reference to a content of this generation; false when there is none. */
  private boolean refer(int index, long generation) {
    for (Pool pool : index < 0 ? List.<Pool>of() : pools.contents()) {
      Leaf leaf = pool.table().find(0, index);
      int slot = Leaf.slot(index);
      if (leaf != null && leaves.get(leaf).generation(slot) == generation) {
        long word = leaf.get(slot);
        int bytes = (int) Math.min(Integer.MAX_VALUE, tier.heldBytes(Entry.locator(word)));
        if (Entry.tier(word) != tierNumber) {
          return false;
        }
        if (contents.restore(pool, index, generation, bytes) == Contents.NONE) {
          throw noRoom();
        }
        return true;
      }
    }
    return false;
  }

  /** The word of a page whose content was damaged beyond recognition: a get of it says so. */
  private long lostWord(Lost page) {
    if (pools.contents().isEmpty()) {
      pools.makeContents();
    }
    if (lostContent == Contents.NONE) {
      lostContent = contents.create(pools.contents().get(0).tenant(), 0);
      if (lostContent == Contents.NONE) {
        throw noRoom();
      }
    } else {
      contents.acquire(lostContent);
    }
    return Entry.shared(Entry.stamp(page.leaf.get(page.slot)), lostContent);
  }

  /** What no page names was written by a sync that a crash cut off, or is waiting for cleaning. */
  private void removeOrphans(RecoveredLeaf from) {
    Pool pool = pools.find(from.changes().pool());
    if (!pool.isContents()) {
      return;
    }
    Leaf leaf = from.leaf();
    for (int slot = 0; slot < Leaf.PAGES; slot++) {
      long word = leaf.get(slot);
      if (Entry.isPresent(word) && !contents.isNamed(pool, from.changes().firstIndex() + slot)) {
        hierarchy.release(pool.tenant(), word);
        leaf.compareAndSet(slot, word, Entry.absent(from.generation(slot)));
      }
    }
  }
}
