// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Finds a stored page that is the same as the one being put, and a content for both.
 *
 * <p>The hash of the page says where such a page was put last. That page is compared. If it shares
 * already its content gets a reference more; else its zpage becomes a content, and its entry is
 * changed to name that. The first of two equal pages, not only the third, makes room so. Only
 * zpages in memory are compared, since a put should not wait for a medium on a guess.
 *
 * <p>Only pages of persistent pools share: an ephemeral page may be dropped at any time, and what
 * it shares could not be. Thread-safe.
 */
final class Sharing {
  /** One put in so many is timed. */
  private static final int SAMPLE = 64;

  /** Share of the memory of a store that goes to sightings: one for about each zpage it holds. */
  private static final int SIGHTINGS_SHARE = 64;

  private final Deduplication scope;
  private final int pageBytes;
  private final LongSupplier nanoClock;
  private final PageHierarchy hierarchy;
  private final Pools pools;
  private final Contents contents;
  private final AtomicLong generations;
  private final MemoryBudget budget;
  private final SharingCounters counters;

  /** Null when nothing is shared. */
  private final Sightings sightings;

  Sharing(
      StoreSettings settings,
      PageHierarchy hierarchy,
      Pools pools,
      AtomicLong generations,
      MemoryBudget budget) {
    scope = settings.policies().deduplication();
    pageBytes = settings.pageBytes();
    nanoClock = settings.nanoClock();
    this.hierarchy = hierarchy;
    this.pools = pools;
    this.generations = generations;
    this.budget = budget;
    contents = hierarchy.contents();
    sightings =
        scope == Deduplication.OFF
            ? null
            : new Sightings(budget, budget.limitBytes() / SIGHTINGS_SHARE);
    counters = contents.counters;
    counters.sightingBytes = sightings == null ? 0 : sightings.memoryBytes();
  }

  /** Whether pages of a pool may share. */
  boolean covers(Pool pool) {
    return scope != Deduplication.OFF && pool.kind() == PoolKind.PERSISTENT;
  }

  /** Whether an entry of a leaf may name a content: in a durable store its record needs room. */
  boolean mayName(Leaf leaf) {
    return leaf.changes() == null || leaf.changes().makeRecords(budget);
  }

  /** Remembers where the page that the lane has hashed was put. */
  void saw(Lane lane, Pool pool, long object, int index) {
    sightings.note(lane.twin.hash, pool.id(), object, index);
  }

  /** Counts a put whose entry names a content, and remembers where it was put. */
  void shared(Lane lane, Pool pool, long object, int index) {
    counters.putsShared.increment();
    saw(lane, pool, object, index);
  }

  /**
   * Finds a content that is the page in the lane, and adds a reference for it.
   *
   * @param codec for a page that must be compressed anew
   * @return its name, or {@link Contents#NONE}
   */
  long find(Lane lane, PageCodec codec, Pool pool, long object, int index) {
    boolean timed = lane.counted(Counter.PUTS) % SAMPLE == 0;
    long start = timed ? nanoClock.getAsLong() : 0;
    long content = findTwin(lane, codec, pool, object, index);
    if (timed) {
      counters.nanos.add((nanoClock.getAsLong() - start) * SAMPLE);
    }
    return content;
  }

  private long findTwin(Lane lane, PageCodec codec, Pool pool, long object, int index) {
    TwinRead twin = lane.twin;
    twin.hash = PageHash.of(lane.page, pageBytes);
    long sighting = sightings.find(twin.hash);
    if (sighting == 0) {
      return Contents.NONE;
    }
    Pool twinPool = pools.find(Sightings.pool(sighting));
    if (twinPool == null
        || !mayShare(pool, twinPool)
        || !twin.begin(twinPool, sightings.object(twin.hash), Sightings.index(sighting))) {
      return Contents.NONE;
    }
    counters.hashHits.increment();
    long word = twin.look();
    if (Entry.isShared(word)) {
      return join(lane, pool, Entry.content(word));
    }
    if (Entry.tier(word) < 0 || twin.isFor(pool, object, index)) {
      return Contents.NONE;
    }
    return isSame(lane) ? make(lane, codec, twinPool) : Contents.NONE;
  }

  private boolean mayShare(Pool pool, Pool other) {
    return covers(other)
        && (scope == Deduplication.STORE
            || (scope == Deduplication.POOL ? pool == other : pool.tenant() == other.tenant()));
  }

  private boolean isSame(Lane lane) {
    if (!lane.twin.isNear()) {
      counters.notCompared.increment();
      return false;
    }
    counters.comparisons.increment();
    boolean same = lane.twin.compare() == TwinRead.SAME;
    if (!same) {
      counters.mismatches.increment();
    }
    return same;
  }

  /** The reference comes first: what is compared then cannot go. */
  private long join(Lane lane, Pool pool, long content) {
    if (!contents.acquire(content)) {
      return Contents.NONE;
    }
    Pool of = contents.pool(content);
    TwinRead twin = lane.twin;
    if ((scope == Deduplication.STORE || of.tenant() == pool.tenant())
        && twin.begin(of, 0, Contents.slot(content))) {
      twin.look();
      if (isSame(lane)) {
        twin.touch();
        return content;
      }
    }
    contents.drop(hierarchy, content);
    return Contents.NONE;
  }

  /** Makes a content of the zpage that was just compared, and lets its page share it. */
  private long make(Lane lane, PageCodec codec, Pool twinPool) {
    TwinRead twin = lane.twin;
    twin.leaveDictionary(codec, pools.contents(pools.contentsOf(twinPool.tenant())));
    long content = contents.create(twinPool.tenant(), twin.zpageBytes());
    if (content == Contents.NONE) {
      return Contents.NONE;
    }
    if (!store(lane, content)) {
      contents.drop(hierarchy, content);
      return Contents.NONE;
    }
    if (mayName(twin.leaf())
        && contents.acquire(content)
        && !twin.share(Entry.shared(generations.incrementAndGet(), content))) {
      contents.drop(hierarchy, content);
    }
    return content;
  }

  /** Makes the zpage in the lane a page of the contents, as a put does with one of a user. */
  private boolean store(Lane lane, long content) {
    Pool pool = contents.pool(content);
    int index = Contents.slot(content);
    while (lane.entry.find(pool, 0, index)) {
      long generation = generations.incrementAndGet();
      contents.setGeneration(content, generation);
      lane.twin.seal(pool, index, generation);
      switch (lane.entry.store(lane.zpage, lane.twin.zpageBytes(), generation)) {
        case NAMED:
          return true;
        case NO_SPACE:
          return false;
        default:
          // Its leaf was empty and is being unlinked; there will be another.
      }
    }
    return false;
  }
}
