// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.Superseded.Change;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.FillPatterns;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.Accesses;
import io.pagestrata.core.tier.LostZpageException;
import io.pagestrata.core.tier.Tier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The way of a get: entry, then the zpage where it rests, decompressed straight into the target. A
 * take removes the entry while the tier still holds the place of the very copy that was read.
 * Thread-safe.
 */
final class GetJourney {
  private static final int TOP_TIER_SAMPLE_MASK = 63;

  private static final int ABSENT = 0;
  private static final int FOUND = 1;
  private static final int BELOW = 2;

  private final int pageBytes;
  private final LongSupplier nanoClock;
  private final PageHierarchy hierarchy;
  private final Lanes lanes;
  private final FillPatterns patterns;
  private final AtomicLong generations;
  private final Accesses accesses;

  GetJourney(
      StoreSettings settings,
      PageHierarchy hierarchy,
      Lanes lanes,
      FillPatterns patterns,
      AtomicLong generations) {
    this.pageBytes = settings.pageBytes();
    this.nanoClock = settings.nanoClock();
    this.hierarchy = hierarchy;
    this.lanes = lanes;
    this.patterns = patterns;
    this.generations = generations;
    accesses = hierarchy.top().eviction().accesses();
  }

  /** Reads one page into a buffer or, when that is not null, an array; takes it on request. */
  boolean get(
      Pool pool,
      long object,
      int index,
      ByteBuffer target,
      int offset,
      byte[] array,
      boolean remove) {
    Lane lane = lanes.borrow();
    try {
      boolean direct = array == null && target.isDirect();
      ByteBuffer into = direct ? target : lane.page;
      int at = direct ? offset : 0;
      boolean found = find(lane, pool, object, index, into, at, remove, false) == FOUND;
      if (found && array != null) {
        lane.page.get(0, array, offset, pageBytes);
      } else if (found && !direct) {
        target.put(offset, lane.page, 0, pageBytes);
      }
      lane.count(found ? Counter.GETS : Counter.GET_MISSES);
      return found;
    } finally {
      lanes.giveBack(lane);
    }
  }

  /** Reads a run of pages, absent ones as zeroes; returns how many were present. */
  int getRange(Pool pool, long object, int firstIndex, int count, ByteBuffer target) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      int offset = target.position() + i * pageBytes;
      if (get(pool, object, firstIndex + i, target, offset, null, false)) {
        found++;
      } else {
        SameFilled.fill(target, offset, pageBytes, 0);
      }
    }
    return found;
  }

  /** Reads one page into a direct buffer unless that needs a tier outside memory, or a wait. */
  NearOutcome getNear(Pool pool, long object, int index, ByteBuffer target, int offset) {
    Lane lane = lanes.tryBorrow();
    if (lane == null) {
      return NearOutcome.BELOW;
    }
    try {
      int result = find(lane, pool, object, index, target, offset, false, true);
      if (result == BELOW) {
        return NearOutcome.BELOW;
      }
      lane.count(result == FOUND ? Counter.GETS : Counter.GET_MISSES);
      return result == FOUND ? NearOutcome.DONE : NearOutcome.ABSENT;
    } finally {
      lanes.giveBack(lane);
    }
  }

  private int find(
      Lane lane,
      Pool pool,
      long object,
      int index,
      ByteBuffer into,
      int offset,
      boolean remove,
      boolean nearOnly) {
    Leaf leaf = pool.table().find(object, index);
    if (leaf == null) {
      return ABSENT;
    }
    int slot = Leaf.slot(index);
    PageRead read = lane.read;
    int gone = 0;
    read.begin(pool, object, index, into, offset);
    while (true) {
      long word = leaf.get(slot);
      if (!Entry.isPresent(word)) {
        return ABSENT;
      }
      int tier = Entry.tier(word);
      if (tier < 0) {
        if (Entry.isShared(word)) {
          int result = findShared(lane, pool, object, index, leaf, word, into, offset, nearOnly);
          // The look at the content used the same reader.
          read.begin(pool, object, index, into, offset);
          if (result == ABSENT) {
            continue;
          }
          if (result == BELOW) {
            return BELOW;
          }
        } else {
          SameFilled.fill(into, offset, pageBytes, patterns.decode(Entry.locator(word)));
        }
        if (remove) {
          long absent = Entry.absent(generations.incrementAndGet());
          if (!leaf.compareAndSet(slot, word, absent)) {
            continue;
          }
          countTake(lane, pool, leaf, slot, word, Change.LEFT);
        }
        if (!Entry.isShared(word)) {
          lane.count(Counter.SAME_FILLED_HITS);
        }
        return FOUND;
      }
      if (nearOnly && !hierarchy.isMemory(tier)) {
        return BELOW;
      }
      if (remove) {
        read.expectAndRemove(leaf, word, Entry.absent(generations.incrementAndGet()));
      } else {
        read.expect(leaf, word);
      }
      int result = timedRead(lane, tier, word);
      if (result == PageRead.FOUND) {
        if (remove) {
          countTake(lane, pool, leaf, slot, read.removed(), read.change());
        } else {
          markReferenced(leaf, slot, word);
        }
        leaf.noteUse(slot);
        accesses.onGet(pool.id(), object, index);
        lane.count(Lane.hits(tier));
        return FOUND;
      }
      // Damage seen at a place that was left meanwhile is no damage.
      if (Entry.place(leaf.get(slot)) != Entry.place(word)) {
        continue;
      }
      if (result != PageRead.CHANGED && hierarchy.mirrors().has(word)) {
        // The copy above is no good, for now or for ever; the one below is, and may have moved.
        hierarchy.fallBackToMirror(pool.tenant(), leaf, slot, word);
        continue;
      }
      if (result == Tier.GONE) {
        // A place that was left and taken again explains this once, not time after time.
        gone++;
      }
      if (result == PageRead.DAMAGED || gone == LiveCheck.MOST_GONE) {
        String damage = result == Tier.GONE ? "the tier has no zpage there" : read.damage();
        lane.count(Counter.CORRUPT_PAGES);
        if (pool.kind() == PoolKind.EPHEMERAL
            && hierarchy.dropLost(pool, leaf, slot, word, generations.incrementAndGet())) {
          lane.count(Counter.PAGES, -1);
          return ABSENT;
        }
        throw new CorruptPageException(read.describePage() + " is damaged: " + damage);
      }
    }
  }

  /**
   * Reads the content that an entry names. It was the page's all the time if the entry names it
   * still: a name never means two contents.
   *
   * @return ABSENT when the entry names another
   */
  private int findShared(
      Lane lane,
      Pool pool,
      long object,
      int index,
      Leaf leaf,
      long word,
      ByteBuffer into,
      int offset,
      boolean nearOnly) {
    long content = Entry.content(word);
    Pool of = hierarchy.contents().pool(content);
    int result;
    try {
      result = find(lane, of, 0, Contents.slot(content), into, offset, false, nearOnly);
    } catch (CorruptPageException e) {
      throw new CorruptPageException(PageRead.describeShared(pool, object, index, e.getMessage()));
    } catch (TierFailureException e) {
      throw new TierFailureException(
          PageRead.describeShared(pool, object, index, e.getMessage()), e);
    }
    long now = leaf.get(Leaf.slot(index));
    if (!Entry.isShared(now) || Entry.content(now) != content) {
      return ABSENT;
    }
    if (result == ABSENT) {
      // Only where a record that was read at the start named a content that was lost.
      lane.count(Counter.CORRUPT_PAGES);
      throw new CorruptPageException(PageRead.describeShared(pool, object, index, "it is lost"));
    }
    return result;
  }

  private int timedRead(Lane lane, int tier, long word) {
    boolean timed = tier > 0 || (lane.counted(Counter.TIER_0_HITS) & TOP_TIER_SAMPLE_MASK) == 0;
    long start = timed ? nanoClock.getAsLong() : 0;
    int result;
    try {
      result = hierarchy.tier(tier).read(Entry.locator(word), lane.scratch, lane.read);
    } catch (IOException e) {
      result = readElsewhere(lane, word, e);
    }
    if (timed && result == PageRead.FOUND) {
      lane.latencyByTier[tier].record(nanoClock.getAsLong() - start);
    }
    return result;
  }

  /**
   * Answers a read that its tier failed from the page's mirror, if it has one.
   *
   * @return {@link Tier#GONE} when the page must become its mirror first: its copy above is lost,
   *     or the page is to be removed, which takes a hold of the very place that the entry names
   */
  private int readElsewhere(Lane lane, long word, IOException failure) {
    if (!lane.read.isStillThere()) {
      return PageRead.CHANGED;
    }
    boolean lost = failure instanceof LostZpageException;
    if (hierarchy.mirrors().has(word)) {
      if (lost || lane.read.removes()) {
        return Tier.GONE;
      }
      try {
        int result = hierarchy.mirrors().read(word, lane.scratch, lane.read);
        if (result == PageRead.FOUND || result == PageRead.CHANGED || !lane.read.isStillThere()) {
          return result == PageRead.FOUND ? PageRead.FOUND : PageRead.CHANGED;
        }
        failure.addSuppressed(new IOException("its mirror is damaged"));
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
    if (lost) {
      return lane.read.lost(failure.getMessage());
    }
    throw new TierFailureException(
        lane.read.describePage() + " could not be read: " + failure.getMessage(), failure);
  }

  /** Ends a take, whose word is no longer in the table. */
  private void countTake(Lane lane, Pool pool, Leaf leaf, int slot, long word, Change change) {
    hierarchy.superseded().release(pool.tenant(), leaf, slot, word, change);
    pool.tenant().pages.decrement();
    lane.count(Counter.PAGES, -1);
    lane.count(Counter.TAKES);
  }

  /** A set flag stays, so that pages read again and again cost no write. */
  private static void markReferenced(Leaf leaf, int slot, long word) {
    long now = leaf.get(slot);
    while ((now & Entry.REFERENCED) == 0 && Entry.place(now) == Entry.place(word)) {
      if (leaf.compareAndSet(slot, now, now | Entry.REFERENCED)) {
        return;
      }
      now = leaf.get(slot);
    }
  }
}
