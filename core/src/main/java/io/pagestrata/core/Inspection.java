// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.tier.UpperTier;

/** Shows a visitor what the page tables of a store say. */
final class Inspection {
  private final PageHierarchy hierarchy;
  private final PageVisitor visitor;

  Inspection(PageHierarchy hierarchy, PageVisitor visitor) {
    this.hierarchy = hierarchy;
    this.visitor = visitor;
  }

  /** Shows every page and every content. */
  void walk(Pools pools) {
    for (Pool pool : pools.all()) {
      pool.table()
          .forEach((object, index, word) -> visitor.visit(pool, object, index, place(word)));
    }
    for (Pool pool : pools.contents()) {
      pool.table()
          .forEach(
              (object, index, word) ->
                  visitor.visitContent(
                      pool, index, hierarchy.contents().referencesOf(index), place(word)));
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
        Entry.isShared(word) ? Contents.slot(Entry.content(word)) : PageVisitor.NONE);
  }
}
