// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import java.nio.ByteBuffer;

/**
 * One look at one zpage on behalf of a get: the part that runs while the tier holds the place
 * still.
 *
 * <p>The entry is read again first. If it still names this place, the place was not freed when the
 * hold began, so the bytes are the page's own until the hold ends: a torn or recycled zpage cannot
 * be returned (hazards H1 and H3). Key, page size and checksum are then checked against damage, not
 * against races. Belongs to a lane.
 */
final class PageRead implements ZpageReader {
  /** The page is in the target. */
  static final int FOUND = 0;

  /** The entry changed; look again. */
  static final int CHANGED = 1;

  /** The bytes are not this page. */
  static final int DAMAGED = 2;

  private final PageHierarchy hierarchy;
  private final Lane lane;
  private final int pageShift;
  private final boolean verifyRam;

  private Pool pool;
  private long object;
  private int index;
  private Leaf leaf;
  private long word;
  private ByteBuffer target;
  private int targetOffset;
  private boolean remove;
  private long absent;
  private long removed;
  private Superseded.Change change;
  private String damage = "";

  PageRead(PageHierarchy hierarchy, Lane lane, boolean verifyRam) {
    this.hierarchy = hierarchy;
    this.lane = lane;
    this.pageShift = Integer.numberOfTrailingZeros(hierarchy.pageBytes());
    this.verifyRam = verifyRam;
  }

  /** Says which page goes where; false when nothing near it was ever put. */
  boolean begin(Pool pool, long object, int index, ByteBuffer target, int targetOffset) {
    this.pool = pool;
    this.object = object;
    this.index = index;
    this.target = target;
    this.targetOffset = targetOffset;
    leaf = pool.table().find(object, index);
    return leaf != null;
  }

  /** Begins to read the content that this page shares into the same target. */
  boolean beginContent(PageRead sharing, Pool contents, int contentSlot) {
    return begin(contents, 0, contentSlot, sharing.target, sharing.targetOffset);
  }

  Pool pool() {
    return pool;
  }

  long object() {
    return object;
  }

  int index() {
    return index;
  }

  Leaf leaf() {
    return leaf;
  }

  int slot() {
    return Leaf.slot(index);
  }

  /** The entry of the page now. */
  long look() {
    return leaf.get(slot());
  }

  /** Fills the target with a word. */
  void fill(long value) {
    SameFilled.fill(target, targetOffset, hierarchy.pageBytes(), value);
  }

  /** Says where the page is expected to be. */
  void expect(long word) {
    this.word = word;
    remove = false;
  }

  /** Says where the page is expected to be, and to put the absent word there once it was read. */
  void expectAndRemove(long word, long absent) {
    expect(word);
    this.absent = absent;
    remove = true;
  }

  /**
   * The word taken out of the table, after {@link #FOUND}; what it names is the caller's to free.
   */
  long removed() {
    return removed;
  }

  /** How it was taken out. */
  Superseded.Change change() {
    return change;
  }

  /** Whether the page is to be removed. */
  boolean removes() {
    return remove;
  }

  /** Whether the entry still names the expected place. */
  boolean isStillThere() {
    return Entry.place(look()) == Entry.place(word);
  }

  /** What was wrong, after {@link #DAMAGED}. */
  String damage() {
    return damage;
  }

  @Override
  public int read(ByteBuffer memory, int offset, int availableBytes) {
    return read(memory, offset, availableBytes, false);
  }

  @Override
  public int readWhole(ByteBuffer scratch, int offset, int availableBytes) {
    return read(scratch, offset, availableBytes, true);
  }

  private int read(ByteBuffer memory, int offset, int availableBytes, boolean whole) {
    int slot = slot();
    long now = leaf.get(slot);
    if (Entry.place(now) != Entry.place(word)) {
      return CHANGED;
    }
    int tier = Entry.tier(now);
    if (!ZpageHeader.isFor(memory, offset, pool.id(), object, index)) {
      return damaged("the zpage there belongs to another page");
    }
    int storedBytes = ZpageHeader.storedBytes(memory, offset);
    if (ZpageHeader.pageShift(memory, offset) != pageShift
        || !ZpageHeader.isPage(memory, offset)
        || ZpageHeader.BYTES + storedBytes > availableBytes) {
      return damaged("the zpage header is damaged");
    }
    if (!whole && (tier > 0 || verifyRam) && !lane.verify(memory, offset, availableBytes)) {
      return damaged("the checksum does not match");
    }
    if (tier == 0
        && (ZpageHeader.generation(memory, offset) & Entry.STAMPS - 1) != Entry.stamp(now)) {
      return damaged("the zpage there is of another generation");
    }
    try {
      lane.decompress(memory, offset, storedBytes, target, targetOffset);
      if (ZpageHeader.codec(memory, offset) != PageCodec.FILL_ID) {
        lane.count(Counter.DECOMPRESSIONS);
      }
    } catch (CodecException e) {
      return damaged(e.getMessage());
    }
    if (remove) {
      return removeHere(slot) ? FOUND : CHANGED;
    }
    if (tier > 0 && hierarchy.promotions().wants(now)) {
      if (whole) {
        ZpageHeader.seal(memory, offset, lane.crc);
      }
      int bytes = ZpageHeader.BYTES + storedBytes;
      if (hierarchy.promotions().bringUp(pool.tenant(), leaf, slot, now, memory, offset, bytes)) {
        lane.count(Counter.PROMOTIONS);
      }
    }
    return FOUND;
  }

  /**
   * While the place is held no other copy can get it, so an equal place is the copy that was read
   * and not a newer one that came to rest at the same place (hazard H3).
   */
  private boolean removeHere(int slot) {
    long now = leaf.get(slot);
    while (Entry.place(now) == Entry.place(word)) {
      change = hierarchy.superseded().change(pool.tenant(), leaf, slot, now, absent);
      if (change != Superseded.Change.LOST) {
        removed = now;
        return true;
      }
      now = leaf.get(slot);
    }
    return false;
  }

  /** Page and place in words, for messages. */
  String describePage() {
    int tier = Entry.tier(word);
    return String.format(
        "page %d of object %d in pool %d (tier %s, %s)",
        Integer.toUnsignedLong(index),
        object,
        pool.id(),
        hierarchy.tier(tier).name(),
        hierarchy.tier(tier).describe(Entry.locator(word)));
  }

  /** The page in words, when it is the content that it shares which could not be read. */
  String describeShared(String problem) {
    return String.format(
        "page %d of object %d in pool %d shares a content: %s",
        Integer.toUnsignedLong(index), object, pool.id(), problem);
  }

  /** Says that the tier has lost the zpage. */
  int lost(String what) {
    return damaged(what);
  }

  private int damaged(String what) {
    damage = what;
    return DAMAGED;
  }
}
