// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Compares the page of a put with one that is stored, and lets that one share. Belongs to a lane.
 *
 * <p>As with a get, what runs while the tier holds the place still begins with another look at the
 * entry. Whatever is not plainly the same page is another one: a get, not a put, finds damage.
 */
final class TwinRead implements ZpageReader {
  /** The pages are equal; the stored payload was copied behind the header in the lane. */
  static final int SAME = 0;

  /** They are not, or that could not be found out. */
  static final int DIFFERENT = 1;

  private final PageHierarchy hierarchy;
  private final Lane lane;
  private final ByteBuffer decoded;
  private final int pageShift;
  private final ZpageReader conversion = this::convert;

  /** Hash of the page of the put under way. */
  long hash;

  private Pool pool;
  private long object;
  private int index;
  private Leaf leaf;
  private long word;
  private long shared;
  private Superseded.Change change;
  private long generation;
  private int flags;
  private int storedBytes;

  TwinRead(PageHierarchy hierarchy, Lane lane) {
    this.hierarchy = hierarchy;
    this.lane = lane;
    decoded = lane.zpage.slice(0, hierarchy.pageBytes());
    pageShift = Integer.numberOfTrailingZeros(hierarchy.pageBytes());
  }

  /** Says which stored page is meant; false when it has no leaf. */
  boolean begin(Pool ofPool, long ofObject, int ofIndex) {
    pool = ofPool;
    object = ofObject;
    index = ofIndex;
    leaf = ofPool.table().find(ofObject, ofIndex);
    return leaf != null;
  }

  boolean isFor(Pool ofPool, long ofObject, int ofIndex) {
    return pool == ofPool && object == ofObject && index == ofIndex;
  }

  Leaf leaf() {
    return leaf;
  }

  /** Reads the entry of the page. */
  long look() {
    word = leaf.get(Leaf.slot(index));
    return word;
  }

  /** Whether comparing needs no medium. */
  boolean isNear() {
    return Entry.tier(word) >= 0 && hierarchy.isMemory(Entry.tier(word));
  }

  /** Compares the page where {@link #look} saw it. */
  int compare() {
    return read(this);
  }

  private int read(ZpageReader reader) {
    try {
      int result = hierarchy.tier(Entry.tier(word)).read(Entry.locator(word), lane.scratch, reader);
      return result == Tier.GONE ? DIFFERENT : result;
    } catch (IOException e) {
      return DIFFERENT;
    }
  }

  @Override
  public int read(ByteBuffer memory, int offset, int availableBytes) {
    if (!isStillThere() || !ZpageHeader.isFor(memory, offset, pool.id(), object, index)) {
      return DIFFERENT;
    }
    storedBytes = ZpageHeader.storedBytes(memory, offset);
    generation = ZpageHeader.generation(memory, offset);
    if (ZpageHeader.pageShift(memory, offset) != pageShift
        || !ZpageHeader.isPage(memory, offset)
        || ZpageHeader.BYTES + storedBytes > availableBytes) {
      return DIFFERENT;
    }
    try {
      lane.decompress(memory, offset, storedBytes, decoded, 0);
    } catch (CodecException e) {
      return DIFFERENT;
    }
    if (lane.page.mismatch(decoded) >= 0) {
      return DIFFERENT;
    }
    lane.codecId = ZpageHeader.codec(memory, offset);
    flags = ZpageHeader.flags(memory, offset);
    lane.zpage.put(ZpageHeader.BYTES, memory, offset + ZpageHeader.BYTES, storedBytes);
    return SAME;
  }

  private boolean isStillThere() {
    return Entry.place(leaf.get(Leaf.slot(index))) == Entry.place(word);
  }

  /** Size of the zpage that was found to be the same. */
  int zpageBytes() {
    return ZpageHeader.BYTES + storedBytes;
  }

  /**
   * Compresses the page anew when the payload needs a dictionary: those of a pool go with the pool,
   * and a content may stay.
   */
  void leaveDictionary(PageCodec codec, Pool contents) {
    if (lane.codecId == PageCodec.ZSTD_DICTIONARY_ID) {
      storedBytes = lane.compress(codec, contents.id());
      flags = 0;
    }
  }

  /** Puts the header of a content in front of the payload that was copied. */
  void seal(Pool contents, int slot, long contentGeneration) {
    lane.seal(contents, 0, slot, contentGeneration, flags, storedBytes);
  }

  /** Marks the page as read, once. */
  void touch() {
    leaf.noteUse(Leaf.slot(index));
    if ((word & Entry.REFERENCED) == 0) {
      leaf.compareAndSet(Leaf.slot(index), word, word | Entry.REFERENCED);
    }
  }

  /**
   * Lets the entry of the page that was compared name a content instead.
   *
   * @return false when the page changed meanwhile
   */
  boolean share(long sharedWord) {
    shared = sharedWord;
    if (read(conversion) != SAME) {
      return false;
    }
    hierarchy.superseded().release(pool.tenant(), leaf, Leaf.slot(index), word, change);
    return true;
  }

  /** The generation tells whether a place that was left and taken again holds another put. */
  private int convert(ByteBuffer memory, int offset, int availableBytes) {
    int slot = Leaf.slot(index);
    long now = leaf.get(slot);
    while (Entry.place(now) == Entry.place(word)
        && ZpageHeader.generation(memory, offset) == generation) {
      change = hierarchy.superseded().change(pool.tenant(), leaf, slot, now, shared);
      if (change != Superseded.Change.LOST) {
        word = now;
        return SAME;
      }
      now = leaf.get(slot);
    }
    return DIFFERENT;
  }
}
