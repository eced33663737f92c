// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

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
  private static final int LOOK_AGAIN = 3;

  private final int pageBytes;
  private final LongSupplier nanoClock;
  private final PageHierarchy hierarchy;
  private final Lanes lanes;
  private final FillPatterns patterns;
  private final AtomicLong generations;
  private final Accesses accesses;

  GetJourney(JourneyParts parts) {
    pageBytes = parts.settings().pageBytes();
    nanoClock = parts.settings().nanoClock();
    hierarchy = parts.hierarchy();
    lanes = parts.lanes();
    patterns = parts.patterns();
    generations = parts.generations();
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
      boolean found =
          lane.read.begin(pool, object, index, into, at)
              && find(lane, lane.read, remove, false) == FOUND;
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
      int result =
          lane.read.begin(pool, object, index, target, offset)
              ? find(lane, lane.read, false, true)
              : ABSENT;
      if (result == BELOW) {
        return NearOutcome.BELOW;
      }
      lane.count(result == FOUND ? Counter.GETS : Counter.GET_MISSES);
      return result == FOUND ? NearOutcome.DONE : NearOutcome.ABSENT;
    } finally {
      lanes.giveBack(lane);
    }
  }

  /** Looks for the page that the reader was told of until its entry keeps still. */
  private int find(Lane lane, PageRead read, boolean remove, boolean nearOnly) {
    int gone = 0;
    while (true) {
      long word = read.look();
      if (!Entry.isPresent(word)) {
        return ABSENT;
      }
      int tier = Entry.tier(word);
      int result;
      if (tier < 0) {
        result = findInEntry(lane, read, word, remove, nearOnly);
      } else if (nearOnly && !hierarchy.isMemory(tier)) {
        result = BELOW;
      } else {
        result = findInTier(lane, read, word, remove);
      }
      if (result == Tier.GONE) {
        // A place that was left and taken again explains this once, not time after time.
        gone++;
        result =
            gone >= LiveCheck.MOST_GONE
                ? onDamage(lane, read, word, "the tier has no zpage there")
                : LOOK_AGAIN;
      }
      if (result != LOOK_AGAIN) {
        return result;
      }
    }
  }

  /** Finds a page whose entry holds its word, or names a content. */
  private int findInEntry(Lane lane, PageRead read, long word, boolean remove, boolean nearOnly) {
    boolean shared = Entry.isShared(word);
    if (shared) {
      int result = findShared(lane, read, word, nearOnly);
      if (result != FOUND) {
        return result;
      }
    } else {
      read.fill(patterns.decode(Entry.locator(word)));
    }
    if (remove) {
      Leaf leaf = read.leaf();
      int slot = read.slot();
      if (!leaf.compareAndSet(slot, word, Entry.absent(generations.incrementAndGet()))) {
        return LOOK_AGAIN;
      }
      countTake(lane, read, word, Superseded.Change.LEFT);
    }
    if (!shared) {
      lane.count(Counter.SAME_FILLED_HITS);
    }
    return FOUND;
  }

  /**
   * Reads the content that an entry names. It was the page's all the time if the entry names it
   * still: a name never means two contents.
   */
  private int findShared(Lane lane, PageRead read, long word, boolean nearOnly) {
    long content = Entry.content(word);
    Pool of = hierarchy.contents().pool(content);
    PageRead contentRead = lane.contentRead;
    int result = ABSENT;
    try {
      if (contentRead.beginContent(read, of, Contents.slot(content))) {
        result = find(lane, contentRead, false, nearOnly);
      }
    } catch (CorruptPageException e) {
      throw new CorruptPageException(read.describeShared(e.getMessage()));
    } catch (TierFailureException e) {
      throw new TierFailureException(read.describeShared(e.getMessage()), e);
    }
    long now = read.look();
    if (!Entry.isShared(now) || Entry.content(now) != content) {
      return LOOK_AGAIN;
    }
    if (result == ABSENT) {
      // Only where a record that was read at the start named a content that was lost.
      lane.count(Counter.CORRUPT_PAGES);
      throw new CorruptPageException(read.describeShared("it is lost"));
    }
    return result;
  }

  /** Reads the zpage that an entry names; {@link Tier#GONE} when the tier has none there. */
  private int findInTier(Lane lane, PageRead read, long word, boolean remove) {
    if (remove) {
      read.expectAndRemove(word, Entry.absent(generations.incrementAndGet()));
    } else {
      read.expect(word);
    }
    int tier = Entry.tier(word);
    int result = timedRead(lane, read, tier, word);
    Leaf leaf = read.leaf();
    int slot = read.slot();
    if (result == PageRead.FOUND) {
      if (remove) {
        countTake(lane, read, read.removed(), read.change());
      } else {
        markReferenced(leaf, slot, word);
      }
      leaf.noteUse(slot);
      accesses.onGet(read.pool().id(), read.object(), read.index());
      lane.count(Lane.hits(lane.servedTier));
      return FOUND;
    }
    // Damage seen at a place that was left meanwhile is no damage.
    if (result == PageRead.CHANGED || !read.isStillThere()) {
      return LOOK_AGAIN;
    }
    if (hierarchy.mirrors().has(word)) {
      // The copy above is no good, for now or for ever; the one below is, and may have moved.
      hierarchy.fallBackToMirror(read.pool().tenant(), leaf, slot, word);
      return LOOK_AGAIN;
    }
    return result == Tier.GONE ? Tier.GONE : onDamage(lane, read, word, read.damage());
  }

  /** Drops a damaged page of a pool that may lose it; of another pool it stays, and is told. */
  private int onDamage(Lane lane, PageRead read, long word, String damage) {
    Pool pool = read.pool();
    if (pool.kind() == PoolKind.PERSISTENT) {
      lane.count(Counter.CORRUPT_PAGES);
      throw new CorruptPageException(read.describePage() + " is damaged: " + damage);
    }
    long generation = generations.incrementAndGet();
    if (!hierarchy.dropLost(pool, read.leaf(), read.slot(), word, generation)) {
      // Somebody else dropped it, or put another page there.
      return LOOK_AGAIN;
    }
    lane.count(Counter.CORRUPT_PAGES);
    return ABSENT;
  }

  private int timedRead(Lane lane, PageRead read, int tier, long word) {
    boolean timed = tier > 0 || (lane.counted(Counter.TIER_0_HITS) & TOP_TIER_SAMPLE_MASK) == 0;
    long start = timed ? nanoClock.getAsLong() : 0;
    lane.servedTier = tier;
    int result;
    try {
      result = hierarchy.tier(tier).read(Entry.locator(word), lane.scratch, read);
    } catch (IOException e) {
      result = readElsewhere(lane, read, word, e);
    }
    if (timed && result == PageRead.FOUND) {
      lane.latencyByTier[lane.servedTier].record(nanoClock.getAsLong() - start);
    }
    return result;
  }

  /**
   * Answers a read that its tier failed from the page's mirror, if it has one.
   *
   * @return {@link Tier#GONE} when the page must become its mirror first: its copy above is lost,
   *     or the page is to be removed, which takes a hold of the very place that the entry names
   */
  private int readElsewhere(Lane lane, PageRead read, long word, IOException failure) {
    if (!read.isStillThere()) {
      return PageRead.CHANGED;
    }
    boolean lost = failure instanceof LostZpageException;
    if (hierarchy.mirrors().has(word)) {
      if (lost || read.removes()) {
        return Tier.GONE;
      }
      try {
        int result = hierarchy.mirrors().read(word, lane.scratch, read);
        lane.servedTier = hierarchy.safeTierBelow(Entry.tier(word));
        if (result == PageRead.FOUND || result == PageRead.CHANGED || !read.isStillThere()) {
          return result == PageRead.FOUND ? PageRead.FOUND : PageRead.CHANGED;
        }
        failure.addSuppressed(new IOException("its mirror is damaged"));
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
    if (lost) {
      return read.lost(failure.getMessage());
    }
    throw new TierFailureException(
        read.describePage() + " could not be read: " + failure.getMessage(), failure);
  }

  /** Ends a take, whose word is no longer in the table. */
  private void countTake(Lane lane, PageRead read, long word, Superseded.Change change) {
    Pool pool = read.pool();
    hierarchy.superseded().release(pool.tenant(), read.leaf(), read.slot(), word, change);
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
