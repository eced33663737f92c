// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * One run of pages on its way up to the top tier: zpages are checked and stored above as they are,
 * never decompressed, and the copies below stay as backing.
 *
 * <p>A hint, so it skips what it cannot bring: a get tells what is wrong with a page. Owned by one
 * operation, with its lane.
 */
final class Prefetch implements ZpageReader {
  private static final int BROUGHT = 1;
  private static final int CHANGED = 2;
  private static final int NO_ROOM = 3;
  private static final int DAMAGED = 4;

  /** Looks at one page; others change it all the time when these do not suffice. */
  private static final int MOST_LOOKS = 8;

  private final PageHierarchy hierarchy;
  private final Lane lane;
  private final Pool pool;
  private final long object;
  private final int pageShift;
  private Leaf leaf;
  private int index;
  private long word;

  Prefetch(PageHierarchy hierarchy, Lane lane, Pool pool, long object) {
    this.hierarchy = hierarchy;
    this.lane = lane;
    this.pool = pool;
    this.object = object;
    this.pageShift = Integer.numberOfTrailingZeros(hierarchy.pageBytes());
  }

  /**
   * Brings pages up until there is no room, or the store is not open any more: close waits for
   * this. Answers how many need no lower tier now.
   */
  long run(int firstIndex, long count, BooleanSupplier open) {
    long first = Integer.toUnsignedLong(firstIndex);
    long end = first + count;
    long near = 0;
    for (long i = pool.table().nextPresent(object, first, end);
        i < end && open.getAsBoolean();
        i = pool.table().nextPresent(object, i + 1, end)) {
      int result = bring((int) i);
      if (result == NO_ROOM) {
        break;
      }
      near += result == BROUGHT ? 1 : 0;
    }
    return near;
  }

  private int bring(int pageIndex) {
    index = pageIndex;
    leaf = pool.table().find(object, pageIndex);
    int result = CHANGED;
    for (int look = 0; leaf != null && look < MOST_LOOKS && result == CHANGED; look++) {
      word = leaf.get(Leaf.slot(pageIndex));
      if (Entry.isShared(word)) {
        long content = Entry.content(word);
        Pool of = hierarchy.contents().pool(content);
        return new Prefetch(hierarchy, lane, of, 0).bring(Contents.slot(content));
      }
      int tier = Entry.tier(word);
      if (tier <= 0) {
        return Entry.isPresent(word) ? BROUGHT : DAMAGED;
      }
      try {
        result = hierarchy.tier(tier).read(Entry.locator(word), lane.scratch, this);
      } catch (IOException e) {
        return DAMAGED;
      }
      if (result == Tier.GONE) {
        result = CHANGED;
      }
    }
    return result;
  }

  @Override
  public int read(ByteBuffer memory, int offset, int availableBytes) {
    int slot = Leaf.slot(index);
    long now = leaf.get(slot);
    if (Entry.place(now) != Entry.place(word) || (now & Entry.SHADOW) != 0) {
      return CHANGED;
    }
    if (!lane.verify(memory, offset, availableBytes)
        || !ZpageHeader.isFor(memory, offset, pool.id(), object, index)
        || ZpageHeader.pageShift(memory, offset) != pageShift) {
      return DAMAGED;
    }
    int bytes = ZpageHeader.zpageBytes(memory, offset);
    if (hierarchy.promotions().bringUp(pool.tenant(), leaf, slot, now, memory, offset, bytes)) {
      lane.count(Counter.PREFETCHES);
      return BROUGHT;
    }
    return Entry.place(leaf.get(slot)) == Entry.place(now) ? NO_ROOM : CHANGED;
  }
}
