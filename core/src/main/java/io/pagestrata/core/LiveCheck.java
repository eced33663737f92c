// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * What cleaning and recompression at rest ask of the page table: whether a zpage or a tombstone
 * still counts, and whether a denser zpage may take the place of a cold one. Thread-safe.
 */
final class LiveCheck {
  /** Looks at a place that an entry names and the tier has not, before that is taken for damage. */
  static final int MOST_GONE = 16;

  /** What became of a backing copy: unknown, the entry changed meanwhile. */
  private static final int LOOK_AGAIN = 0;

  /** The zpage above is backed by another copy. */
  private static final int OTHER_BACKING = 1;

  /** Given up by this very call. */
  private static final int BACKING_DROPPED = 2;

  private final PageHierarchy hierarchy;

  LiveCheck(PageHierarchy hierarchy) {
    this.hierarchy = hierarchy;
  }

  /**
   * Whether the page table names the zpage at a place, as a page, as the mirror that keeps one
   * safe, or as the record that is beside one. A mere backing copy there is given up: taken out of
   * the page table, and freed unless it has to stay as such a record.
   */
  boolean isLive(int tier, ByteBuffer memory, int offset, long locator) {
    Pool pool = hierarchy.poolOf(memory, offset);
    Leaf leaf = PageHierarchy.leafOf(pool, memory, offset);
    if (leaf == null) {
      return false;
    }
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    return !ContentRecord.is(memory, offset) && isNamed(pool, leaf, slot, tier, locator)
        || tier == hierarchy.tierCount() - 1
            && hierarchy.superseded().isBeside(leaf, slot, locator);
  }

  private boolean isNamed(Pool pool, Leaf leaf, int slot, int tier, long locator) {
    long backing = Entry.backing(tier, locator);
    int gone = 0;
    while (true) {
      long word = leaf.get(slot);
      if (Entry.isAt(word, tier, locator)) {
        return true;
      }
      int upper = Entry.tier(word);
      if (upper < 0 || upper >= tier || (word & Entry.BACKED) == 0) {
        return false;
      }
      // An eviction or a promotion between two looks swaps the roles of the copies: look again.
      if (hierarchy.mirrors().isRevocable(upper)) {
        boolean named = hierarchy.upperTier(upper).backing(Entry.locator(word)) == backing;
        if (leaf.get(slot) == word) {
          return named;
        }
      } else {
        int result = dropIfBackedBy(pool.tenant(), leaf, slot, word, upper, backing);
        if (result == OTHER_BACKING || result == BACKING_DROPPED) {
          return false;
        }
        gone += result == Tier.GONE && leaf.get(slot) == word ? 1 : 0;
        if (gone == MOST_GONE) {
          throw goneAbove(upper, word);
        }
      }
    }
  }

  /** The copy here may be the last one: neither dead nor alive, so whoever asks must not go on. */
  private IllegalStateException goneAbove(int upper, long word) {
    Tier tier = hierarchy.tier(upper);
    return new IllegalStateException(
        "tier "
            + tier.name()
            + " has no zpage at "
            + tier.describe(Entry.locator(word))
            + ", which the page table names");
  }

  /**
   * Takes a backing copy out of the page table, with all that lies between it and the page, and
   * frees what need not stay until the page was written again.
   *
   * @return false when the entry changed meanwhile, or names another one
   */
  boolean giveUp(Tenant owner, Leaf leaf, int slot, long word, int upper, long backing) {
    return dropIfBackedBy(owner, leaf, slot, word, upper, backing) == BACKING_DROPPED;
  }

  /**
   * Compares the trailer, and the mirror of what it names, and clears the flag while the zpage
   * above is held still; whoever clears it owns what the trailer named.
   */
  private int dropIfBackedBy(
      Tenant owner, Leaf leaf, int slot, long word, int upper, long backing) {
    long locator = Entry.locator(word);
    try {
      return hierarchy
          .tier(upper)
          .read(
              locator,
              null,
              (memory, offset, available) -> {
                if (leaf.get(slot) != word) {
                  return LOOK_AGAIN;
                }
                long trailer = hierarchy.upperTier(upper).backing(locator);
                if (trailer != backing && hierarchy.mirrors().mirrorOf(trailer) != backing) {
                  // Freed meanwhile it has none to tell, and this copy may be the page now.
                  return leaf.get(slot) == word ? OTHER_BACKING : LOOK_AGAIN;
                }
                Superseded superseded = hierarchy.superseded();
                Superseded.Change change =
                    superseded.change(owner, leaf, slot, word, word & ~Entry.BACKED);
                if (change == Superseded.Change.LOST) {
                  return LOOK_AGAIN;
                }
                leaf.noteChange(slot);
                superseded.giveUp(owner, trailer, change);
                return BACKING_DROPPED;
              });
    } catch (IOException e) {
      throw new UncheckedIOException("a tier above another must show its own memory", e);
    }
  }

  /**
   * Whether a tombstone is needed: until something newer of its page is on the medium. Then it
   * goes, and the next sync must write down what took its place, be it another removal.
   */
  boolean isTombstoneLive(ByteBuffer memory, int offset) {
    Pool pool = hierarchy.poolOf(memory, offset);
    if (pool == null || !pool.survives()) {
      return false;
    }
    Leaf leaf = PageHierarchy.leafOf(pool, memory, offset);
    int slot = Leaf.slot(ZpageHeader.index(memory, offset));
    if (leaf == null || !isOnMedium(leaf, slot)) {
      return true;
    }
    leaf.noteRecord(slot);
    leaf.noteChange(slot);
    return false;
  }

  /** Whether the zpage of a page is in the lowest tier, be it as a copy. */
  private boolean isOnMedium(Leaf leaf, int slot) {
    int lowest = hierarchy.tierCount() - 1;
    long word = leaf.get(slot);
    int tier = Entry.tier(word);
    if (tier == lowest) {
      return true;
    }
    if (tier < 0 || (word & Entry.BACKED) == 0) {
      return false;
    }
    long copy = hierarchy.upperTier(tier).backing(Entry.locator(word));
    boolean below =
        copy != UpperTier.NO_BACKING
            && hierarchy.mirrors().isInLowest(Entry.backingTier(copy), Entry.backingLocator(copy));
    // A zpage that was freed meanwhile has told of another one.
    return below && leaf.get(slot) == word;
  }

  /** The same shadow of the same put: the place cannot be reused before its region is settled. */
  static boolean isShadowOf(long word, int tier, long from, ByteBuffer data, int offset) {
    return Entry.isAt(word, tier, from)
        && (word & Entry.SHADOW) != 0
        && (tier > 0
            || Entry.stamp(word) == (ZpageHeader.generation(data, offset) & Entry.STAMPS - 1));
  }

  /** Whether the page table names a zpage that nobody read of late. */
  boolean isCold(int tier, ByteBuffer memory, int offset, long locator) {
    Leaf leaf = PageHierarchy.leafOf(hierarchy.poolOf(memory, offset), memory, offset);
    return leaf != null
        && isColdAt(leaf.get(Leaf.slot(ZpageHeader.index(memory, offset))), tier, locator);
  }

  private static boolean isColdAt(long word, int tier, long locator) {
    return Entry.isAt(word, tier, locator) && (word & (Entry.REFERENCED | Entry.SHADOW)) == 0;
  }

  /** Stores a denser zpage and lets the entry name it, unless the page is cold no more. */
  boolean replace(int tier, ByteBuffer denser, int offset, int bytes, long from, long backing) {
    Pool pool = hierarchy.poolOf(denser, offset);
    Leaf leaf = PageHierarchy.leafOf(pool, denser, offset);
    if (leaf == null) {
      return false;
    }
    UpperTier upper = hierarchy.upperTier(tier);
    long to = upper.store(denser, offset, bytes, backing, StoreIntent.RECLAIM);
    if (to == UpperTier.NO_SPACE) {
      return false;
    }
    long toBytes = upper.heldBytes(to);
    int slot = Leaf.slot(ZpageHeader.index(denser, offset));
    long word = leaf.get(slot);
    while (isColdAt(word, tier, from)) {
      if (leaf.compareAndSet(slot, word, Entry.movedTo(word, to))) {
        pool.tenant().add(tier, toBytes);
        hierarchy.free(pool.tenant(), tier, from);
        return true;
      }
      word = leaf.get(slot);
    }
    upper.free(to);
    return false;
  }
}
