// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.table.SideRecords;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.UpperTier;
import java.util.concurrent.atomic.LongAdder;

/**
 * Changes words of pages that become something else, and frees what they were: all at once, but for
 * the record in the lowest tier of a durable store.
 *
 * <p>That record is what a crash would bring back. It stays beside the word of the page, see {@link
 * SideRecords}, until a sync or a write back has what took its place on the medium; then it is
 * freed, and room comes back record by record, without a sync as a whole. A page has one such
 * record at most: one that comes later is newer, and on the medium as well, so the one before it
 * goes. Where there is no memory to note it, and where a record of another page may name it, as one
 * does a content, the record is freed at once but stays until the next sync has ended.
 *
 * <p>Thread-safe; allocates when the first page of a leaf needs it.
 */
final class Superseded {
  /** What became of a change. */
  enum Change {
    /** The word was another one by then. */
    LOST,
    /** What the lowest tier has of the page stays beside its word. */
    KEPT,
    /** It is to be freed with everything else. */
    LEFT
  }

  private final PageHierarchy hierarchy;
  private final MemoryBudget budget;
  private final int lowest;
  private final LongAdder keptBytes = new LongAdder();

  /**
   * Keeps nothing yet.
   *
   * @param budget pays for the notes
   */
  Superseded(PageHierarchy hierarchy, MemoryBudget budget) {
    this.hierarchy = hierarchy;
    this.budget = budget;
    lowest = hierarchy.tierCount() - 1;
  }

  /** Bytes in the lowest tier that a sync would free. */
  long keptBytes() {
    return keptBytes.sum();
  }

  /** Changes a word if it is still what it was, and frees what the old one named. */
  boolean replace(Tenant owner, Leaf leaf, int slot, long word, long next) {
    Change change = change(owner, leaf, slot, word, next);
    if (change == Change.LOST) {
      return false;
    }
    release(owner, leaf, slot, word, change);
    return true;
  }

  /**
   * The first half of {@link #replace}, for those who do something in between: whoever changes the
   * word then notes that and frees the rest by {@link #release}.
   */
  Change change(Tenant owner, Leaf leaf, int slot, long word, long next) {
    LeafChanges changes = leaf.changes();
    int tier = Entry.tier(word);
    boolean named = tier == lowest || tier >= 0 && (word & Entry.BACKED) != 0;
    if (changes == null || !named || !keeps(changes)) {
      return leaf.compareAndSet(slot, word, next) ? Change.LEFT : Change.LOST;
    }
    SideRecords records = changes.records();
    long before = records.lock(slot);
    long after = before;
    long record = UpperTier.NO_BACKING;
    boolean won;
    try {
      won = leaf.compareAndSet(slot, word, next);
      if (won) {
        record = recordOf(copyBelow(word));
      }
      if (record != UpperTier.NO_BACKING) {
        after = SideRecords.after(before, Entry.superseded(Entry.backingLocator(record)));
        keptBytes.add(hierarchy.lowest().heldBytes(Entry.backingLocator(record)));
      }
    } finally {
      records.unlock(slot, after);
    }
    if (after != before) {
      free(owner, before);
      takeIfUnlinked(owner, changes, slot);
    }
    return won ? Change.KEPT : Change.LOST;
  }

  private boolean keeps(LeafChanges changes) {
    return !hierarchy.isContents(changes.pool()) && changes.makeRecords(budget);
  }

  /** What of a page is below the place that its word names, or that place if nothing is. */
  private long copyBelow(long word) {
    int tier = Entry.tier(word);
    if (tier == lowest) {
      return Entry.backing(lowest, Entry.locator(word));
    }
    return tier >= 0 && (word & Entry.BACKED) != 0
        ? hierarchy.upperTier(tier).backing(Entry.locator(word))
        : UpperTier.NO_BACKING;
  }

  /** The copy, or its mirror, that is in the lowest tier, or none. */
  private long recordOf(long copy) {
    long mirror = hierarchy.mirrors().mirrorOf(copy);
    return isRecord(copy) ? copy : isRecord(mirror) ? mirror : UpperTier.NO_BACKING;
  }

  private boolean isRecord(long copy) {
    return copy != UpperTier.NO_BACKING && Entry.backingTier(copy) == lowest;
  }

  /** Notes that a page changed, and frees what the old word named, unless it stays. */
  void release(Tenant owner, Leaf leaf, int slot, long word, Change change) {
    leaf.noteChange(slot);
    int tier = Entry.tier(word);
    if (tier < 0) {
      // The record of a page that shared stays where it is, beside the word.
      hierarchy.release(owner, word);
      return;
    }
    // Before the zpage itself is freed, since the trailer goes with it.
    giveUp(owner, copyBelow(word), change);
    if (tier < lowest) {
      hierarchy.free(owner, tier, Entry.locator(word));
    }
  }

  /** Frees a copy that was taken off a page, and its mirror before it, unless it stays. */
  void giveUp(Tenant owner, long copy, Change change) {
    long record = recordOf(copy);
    long mirror = hierarchy.mirrors().mirrorOf(copy);
    if (record != UpperTier.NO_BACKING && change == Change.LEFT) {
      hierarchy.freeAfterSync(owner, Entry.backingLocator(record));
    }
    if (mirror != UpperTier.NO_BACKING && mirror != record) {
      hierarchy.free(owner, Entry.backingTier(mirror), Entry.backingLocator(mirror));
    }
    if (copy != UpperTier.NO_BACKING && copy != record) {
      hierarchy.free(owner, Entry.backingTier(copy), Entry.backingLocator(copy));
    }
  }

  /** Keeps a record that a sync wrote of a page which has changed meanwhile. */
  void keep(Tenant owner, Leaf leaf, int slot, long locator) {
    boolean kept = keeps(leaf.changes());
    if (kept) {
      keptBytes.add(hierarchy.lowest().heldBytes(locator));
      put(owner, leaf.changes(), slot, Entry.superseded(locator));
    }
    leaf.noteChange(slot);
    if (!kept) {
      hierarchy.freeAfterSync(owner, locator);
    }
  }

  /** Puts a record beside the word of a page, and frees the one that was there. */
  void put(Tenant owner, LeafChanges changes, int slot, long record) {
    free(owner, changes.records().put(slot, record));
    takeIfUnlinked(owner, changes, slot);
  }

  private void takeIfUnlinked(Tenant owner, LeafChanges changes, int slot) {
    if (changes.isUnlinked()) {
      free(owner, changes.records().take(slot));
    }
  }

  /**
   * Frees the record that was beside the word of a page before something newer came on the medium.
   *
   * @param record as read with the word of which the newer record was made
   */
  void settle(Tenant owner, Leaf leaf, int slot, long record) {
    if (Entry.isRecord(record)) {
      free(owner, leaf.changes().records().take(slot, record));
    }
  }

  /** Frees a record that is beside no word any more. */
  void free(Tenant owner, long record) {
    if (Entry.isRecord(record)) {
      long locator = Entry.locator(record);
      if (Entry.isSuperseded(record)) {
        keptBytes.add(-hierarchy.lowest().heldBytes(locator));
      }
      hierarchy.free(owner, lowest, locator);
    }
  }

  /**
   * Says that the record of a page that shares has to be written again; until then it stays.
   *
   * @return false when another one is there by now
   */
  boolean supersede(Leaf leaf, int slot, long record) {
    boolean won = leaf.changes().records().supersede(slot, record);
    if (won) {
      keptBytes.add(hierarchy.lowest().heldBytes(Entry.locator(record)));
      leaf.noteChange(slot);
    }
    return won;
  }

  /** Whether the record at a place is beside the word of its page. */
  boolean isBeside(Leaf leaf, int slot, long locator) {
    long record = leaf.record(slot);
    return Entry.isRecord(record) && Entry.locator(record) == locator;
  }

  /**
   * Says that a record was moved.
   *
   * @return false when it is not beside the word of its page
   */
  boolean move(Leaf leaf, int slot, long from, long to) {
    SideRecords records = leaf.changes() == null ? null : leaf.changes().records();
    long moved = records == null ? 0 : records.move(slot, from, to);
    if (Entry.isSuperseded(moved)) {
      keptBytes.add(hierarchy.lowest().heldBytes(to) - hierarchy.lowest().heldBytes(from));
    }
    return Entry.isRecord(moved);
  }
}
