// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.PageTable;
import io.pagestrata.core.tier.UpperTier;

/**
 * Shows a visitor what the page tables of a store say.
 *
 * <p>Each leaf is shown with a lane of its own: the tiers are not closed while it is looked at, and
 * neither close nor another operation waits for more of the walk than that.
 */
final class PageWalk {
  private final PageHierarchy hierarchy;
  private final Lanes lanes;
  private final PageVisitor visitor;

  PageWalk(PageHierarchy hierarchy, Lanes lanes, PageVisitor visitor) {
    this.hierarchy = hierarchy;
    this.lanes = lanes;
    this.visitor = visitor;
  }

  /**
   * Shows every page and every content.
   *
   * @throws StoreClosedException when the store closed before the last leaf
   */
  void walk(Pools pools) {
    for (Pool pool : pools.all()) {
      walk(
          pool,
          (object, index, word) ->
              visitor.visit(pool, object, index, place(pool, object, index, word)));
    }
    for (Pool pool : pools.contents()) {
      walk(
          pool,
          (object, index, word) ->
              visitor.visitContent(
                  pool, index, hierarchy.contents().referencesOf(index), place(word)));
    }
  }

  private void walk(Pool pool, PageTable.Visitor entries) {
    pool.table()
        .forEachLeaf(
            (object, firstIndex, leaf) -> {
              Lane lane = lanes.borrow();
              try {
                leaf.forEach(object, firstIndex, entries);
                showSuperseded(pool, object, firstIndex, leaf);
              } finally {
                lanes.giveBack(lane);
              }
            });
  }

  /** A page that shares has a record in the lowest tier, if it was synced. */
  private PageVisitor.Place place(Pool pool, long object, int index, long word) {
    Leaf leaf = Entry.isShared(word) ? pool.table().find(object, index) : null;
    if (leaf == null) {
      return place(word);
    }
    long record = currentRecord(leaf, Leaf.slot(index));
    return new PageVisitor.Place(
        Entry.tier(word),
        Entry.locator(word),
        false,
        record == 0 ? PageVisitor.NONE : hierarchy.tierCount() - 1,
        record == 0 ? PageVisitor.NONE : Entry.locator(record),
        Contents.slot(Entry.content(word)));
  }

  private static long currentRecord(Leaf leaf, int slot) {
    long record = leaf.record(slot);
    boolean shares = Entry.isShared(leaf.get(slot));
    return shares && Entry.isRecord(record) && !Entry.isSuperseded(record) ? record : 0;
  }

  private void showSuperseded(Pool pool, long object, int firstIndex, Leaf leaf) {
    boolean has = leaf.changes() != null && leaf.changes().records() != null;
    for (int slot = 0; has && slot < Leaf.PAGES; slot++) {
      long record = leaf.record(slot);
      if (Entry.isRecord(record) && record != currentRecord(leaf, slot)) {
        visitor.visitSuperseded(
            pool, object, firstIndex + slot, hierarchy.tierCount() - 1, Entry.locator(record));
      }
    }
  }

  private PageVisitor.Place place(long word) {
    int tier = Entry.tier(word);
    boolean backed = (word & Entry.BACKED) != 0;
    long backing =
        backed ? hierarchy.upperTier(tier).backing(Entry.locator(word)) : UpperTier.NO_BACKING;
    // A zpage that was freed since the word was read has none to tell.
    boolean told = backing != UpperTier.NO_BACKING;
    return new PageVisitor.Place(
        tier,
        Entry.locator(word),
        (word & Entry.SHADOW) != 0,
        told ? Entry.backingTier(backing) : PageVisitor.NONE,
        told ? Entry.backingLocator(backing) : PageVisitor.NONE,
        PageVisitor.NONE);
  }
}
