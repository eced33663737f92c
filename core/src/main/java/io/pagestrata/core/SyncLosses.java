// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.Superseded.Change;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Remembers which pages a sync has found lost and said so, and puts zpages in their place that say
 * it from then on. Belongs to whoever has the turn of {@link Syncer}.
 *
 * <p>A lost page fails a sync, and until then what the medium has of it stays. So a sync that
 * nobody hears, of the upkeep of a tier, must not count as having told. It puts the zpage in its
 * place at once, as it could never end otherwise, and the next sync that somebody hears fails.
 */
final class SyncLosses {
  /** Those beyond are told again by the next sync, and by the one after as many more. */
  private static final int MOST_FOUND = 1 << 16;

  private static final int MOST_UNTOLD = 1 << 10;
  private static final int REPLACED = 1;
  private static final int CHANGED = 0;

  private final PageHierarchy hierarchy;
  private final int pageShift;
  private final ByteBuffer zpage = ByteBuffer.allocateDirect(ContentRecord.BYTES);
  private final ByteBuffer noScratch = ByteBuffer.allocate(0);
  private final CRC32C crc = new CRC32C();
  private final List<Mark> untold = new ArrayList<>();
  private Set<Loss> found = new HashSet<>();
  private Set<Loss> told = new HashSet<>();
  private boolean heard;

  /** How the last page was replaced. */
  private Change change;

  private String damage;

  /**
   * A page whose zpage is damaged or lost.
   *
   * @param sign what tells this zpage from any other of the page, wherever cleaning moves it: the
   *     generation in the header, right or wrong; or the place, of one that is not there
   */
  private record Loss(Leaf leaf, int slot, long sign) {}

  /** A page that says that it is lost, of which nobody heard. */
  private record Mark(Leaf leaf, int slot, long word, String damage) {
    /** Whether the page was not put or removed since, so far as that can be known. */
    boolean isStill() {
      long now = leaf.get(slot);
      return Entry.tier(now) > 0 || Entry.tier(now) == 0 && Entry.stamp(now) == Entry.stamp(word);
    }
  }

  SyncLosses(PageHierarchy hierarchy, int pageShift) {
    this.hierarchy = hierarchy;
    this.pageShift = pageShift;
  }

  /**
   * Begins a sync, or a part of one.
   *
   * @param byCaller whether somebody hears how it ends
   */
  void begin(boolean byCaller) {
    heard = byCaller;
    found = new HashSet<>();
    damage = null;
  }

  /**
   * Puts a zpage that says that a page is lost in its place, or sees to it that this is told first.
   *
   * @param sign see {@link Loss}
   * @param why what is wrong
   * @return whether the page has another word now; else the sync fails in the end
   */
  boolean settle(LeafChanges changes, int slot, long word, long sign, String why) {
    Leaf leaf = changes.leaf();
    Loss loss = new Loss(leaf, slot, sign);
    boolean known = told.contains(loss);
    String what = describe(changes, slot, word, why);
    if ((known || !heard) && mark(changes, slot, word, sign, known ? null : what)) {
      return true;
    }
    leaf.noteChange(slot);
    if (found.size() < MOST_FOUND) {
      found.add(loss);
    }
    damage = what;
    return false;
  }

  /**
   * Ends what {@link #begin} began.
   *
   * @param everything whether each page that changed was looked at
   * @return what is wrong with a page, of which the caller is told now; null for nothing
   */
  String end(boolean everything) {
    if (everything && heard) {
      told = found;
      untold.stream().filter(Mark::isStill).forEach(mark -> damage = mark.damage());
      untold.clear();
    } else if (heard) {
      told.addAll(found);
    } else if (everything) {
      told.retainAll(found);
    }
    return damage;
  }

  /** Whether pages were found lost of which nobody heard. */
  boolean isOwed() {
    return !untold.isEmpty();
  }

  private String describe(LeafChanges changes, int slot, long word, String why) {
    Tier tier = hierarchy.tier(Entry.tier(word));
    return String.format(
        "page %d of object %d in pool %d (tier %s, %s) is damaged and cannot be made to"
            + " survive: %s",
        Integer.toUnsignedLong(changes.firstIndex() + slot),
        changes.object(),
        changes.pool(),
        tier.name(),
        tier.describe(Entry.locator(word)),
        why);
  }

  /** Returns whether the page has another word now; false when there is no room. */
  private boolean mark(LeafChanges changes, int slot, long word, long sign, String tellLater) {
    Leaf leaf = changes.leaf();
    long generation = seal(changes, slot);
    UpperTier top = hierarchy.upperTier(0);
    long locator =
        top.store(zpage, 0, ContentRecord.BYTES, UpperTier.NO_BACKING, StoreIntent.RECLAIM);
    if (locator == UpperTier.NO_SPACE) {
      return false;
    }
    Tenant owner = hierarchy.ownerOf(changes.pool());
    long heldBytes = top.heldBytes(locator);
    long marked = Entry.inTier(0, generation, locator);
    Change change = replace(owner, leaf, slot, word, sign, marked);
    if (change == Change.LOST) {
      top.free(locator);
      return true;
    }
    owner.add(0, heldBytes);
    hierarchy.superseded().release(owner, leaf, slot, word, change);
    if (tellLater != null) {
      Mark mark = new Mark(leaf, slot, marked, tellLater);
      if (untold.size() < MOST_UNTOLD) {
        untold.add(mark);
      } else {
        // One of them is enough to fail a sync; the newest has been put again least likely.
        untold.set(MOST_UNTOLD - 1, mark);
      }
    }
    return true;
  }

  /**
   * Makes the zpage that says that the page is lost.
   *
   * @return its generation
   */
  private long seal(LeafChanges changes, int slot) {
    int index = changes.firstIndex() + slot;
    // A content keeps its generation, by which pages and records name it: all of them are lost.
    // Else as a put does it, after the word was read: who replaces it has a higher one.
    long generation =
        hierarchy.isContents(changes.pool())
            ? hierarchy.contents().generation(index)
            : hierarchy.contents().nextGeneration();
    ZpageHeader.write(
        zpage,
        0,
        changes.pool(),
        changes.object(),
        index,
        generation,
        PageCodec.LOST_ID,
        0,
        pageShift,
        ContentRecord.PAYLOAD_BYTES);
    ZpageHeader.seal(zpage, 0, crc);
    return generation;
  }

  /** In memory while the tier holds the place, which may have been left and taken again. */
  private Change replace(Tenant owner, Leaf leaf, int slot, long word, long sign, long marked) {
    int tier = Entry.tier(word);
    int result = Tier.GONE;
    change = Change.LOST;
    try {
      if (hierarchy.isMemory(tier)) {
        result =
            hierarchy
                .tier(tier)
                .read(
                    Entry.locator(word),
                    noScratch,
                    (memory, offset, available) ->
                        ZpageHeader.generation(memory, offset) == sign
                            ? change(owner, leaf, slot, word, marked)
                            : CHANGED);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a tier in memory must show it", e);
    }
    if (result == Tier.GONE) {
      change(owner, leaf, slot, word, marked);
    }
    return change;
  }

  private int change(Tenant owner, Leaf leaf, int slot, long word, long marked) {
    change = hierarchy.superseded().change(owner, leaf, slot, word, marked);
    return change == Change.LOST ? CHANGED : REPLACED;
  }
}
