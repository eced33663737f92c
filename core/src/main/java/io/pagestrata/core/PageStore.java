// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.PromotionPolicy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Keeps more pages than fit in RAM, in a chain of tiers. {@link Pool} shows it in use.
 *
 * <p>Page size is fixed per store, 4 to 64 KiB. A page is named by pool, 64-bit object and unsigned
 * 32-bit index. What a user can rely on: a get gives the bytes of the last completed put of that
 * page, or says that it is absent, never other bytes; a page of a persistent pool is never dropped;
 * in a durable store what was done before a {@link #sync} survives every crash; every wait is
 * bounded, but for one on a disk that does not answer, and every refusal counted; memory and disk
 * stay inside their limits.
 *
 * <p>All methods are thread-safe. Operations on one page are linearizable; a range is a run of
 * single operations. Every operation on pages or pools throws {@link StoreClosedException} after
 * {@link #close} began; what tells of the store, as {@link #stats} and {@link #pools}, does not.
 * Operations throw {@link PoolDestroyedException} on a destroyed pool, and {@link
 * IllegalArgumentException} on a buffer that is too small or a pool of another store.
 */
public final class PageStore implements AutoCloseable {
  private final int pageBytes;
  private final StoreWiring wiring;
  private final Pools pools;
  private final Lanes lanes;
  private final PutJourney puts;
  private final GetJourney gets;
  private final Removals removals;
  private final NearPages near;

  /**
   * Opens a store over tiers that are ready but not yet attached; it owns and closes them.
   *
   * @param settings page size, waits, clock
   * @param tiers top to bottom; all but the last, and a single one, must be {@link UpperTier}s
   * @param budget bounds the memory of pool, page table and buffers
   * @param codecs every codec that can decode, one per id
   * @param codec the codec of new puts
   * @param promotion decides which refaulted pages come up
   * @param writeback makes the mover of zpages, which may use the hierarchy at once
   * @throws IllegalArgumentException when the tiers or codecs do not fit together
   * @throws InvalidConfigurationException when the budget has no room for the page table of what a
   *     durable store holds
   * @throws TierFailureException when what a durable store holds could not be read
   */
  public PageStore(
      StoreSettings settings,
      List<Tier> tiers,
      MemoryBudget budget,
      List<PageCodec> codecs,
      PageCodec codec,
      PromotionPolicy promotion,
      Function<Hierarchy, Writeback> writeback) {
    pageBytes = settings.pageBytes();
    CodecTable all = new CodecTable(codecs, codec);
    wiring = new StoreWiring(this, settings, tiers, budget, all, promotion, writeback);
    pools = wiring.pools;
    lanes = wiring.lanes;
    puts = wiring.puts;
    gets = wiring.gets;
    removals = wiring.removals;
    near = new NearPages(this, puts, gets);
  }

  /**
   * Makes a private pool of the default tenant. A persistent pool of a durable store survives when
   * the call returns.
   *
   * @param name unique among the pools that exist
   * @param kind whether its pages may be dropped
   * @return the pool
   * @throws IllegalArgumentException when a pool of that name exists, or none may be named so
   * @throws TierFailureException when a durable store could not write the pool down; there is none
   */
  public Pool createPool(String name, PoolKind kind) {
    return createPool(PoolSpec.of(name, kind));
  }

  /**
   * Makes a pool, or joins a shared one that exists.
   *
   * @param spec name, kind, owner
   * @return the pool
   * @throws IllegalArgumentException when a pool of that name exists, unless it and the one asked
   *     for are shared and equal; when none may be named so; or when the tenant does not exist
   * @throws TierFailureException when a durable store could not write the pool down; there is none
   */
  public Pool createPool(PoolSpec spec) {
    // As every operation: close waits for it before it says that nothing changes any more.
    Lane lane = lanes.borrow();
    try {
      return pools.create(spec);
    } finally {
      lanes.giveBack(lane);
    }
  }

  /**
   * Finds a pool.
   *
   * @param name its name
   * @return the pool, or empty
   */
  public Optional<Pool> pool(String name) {
    return pools.all().stream().filter(pool -> pool.name().equals(name)).findFirst();
  }

  /**
   * The pools that exist.
   *
   * @return an immutable list in order of creation
   */
  public List<Pool> pools() {
    return List.copyOf(pools.all());
  }

  /**
   * Page size of this store.
   *
   * @return bytes
   */
  public int pageBytes() {
    return pageBytes;
  }

  /**
   * Where the store is in its life.
   *
   * @return the state
   */
  public StoreState state() {
    return wiring.state.get();
  }

  /**
   * Chooses the codec of later puts; pages stored before stay readable, since each zpage names its
   * codec.
   *
   * @param codec one whose id was among those given at the start
   * @throws IllegalArgumentException when the store could not decode its payloads
   */
  public void switchCodec(PageCodec codec) {
    wiring.codecs.useForPuts(codec);
  }

  /**
   * The operations that wait neither for room nor for a lower tier.
   *
   * @return a view of this store
   */
  public NearPages near() {
    return near;
  }

  // ---- put ----

  /**
   * Stores a page, replacing what was there. The bytes are taken before the call returns; the
   * buffer must not change during the call.
   *
   * <p>When there is no room the put waits at most the put wait of the settings, in a store of one
   * tier only while cleaning makes room. A refused put of a persistent page leaves the old content,
   * one of an ephemeral page leaves nothing.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param page holds the page from its position on; position and limit stay as they are
   * @return STORED or why not
   */
  public PutOutcome put(Pool pool, long object, int index, ByteBuffer page) {
    CallerChecks.checkRoom(page.remaining(), pageBytes);
    pool.checkUsableBy(this);
    return puts.put(pool, object, index, page, page.position(), null);
  }

  /**
   * Stores a page from an array; otherwise as {@link #put(Pool, long, int, ByteBuffer)}.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param page holds the page
   * @param offset where it begins
   * @return STORED or why not
   */
  public PutOutcome put(Pool pool, long object, int index, byte[] page, int offset) {
    CallerChecks.checkArray(page.length, offset, pageBytes);
    pool.checkUsableBy(this);
    return puts.put(pool, object, index, null, offset, page);
  }

  /**
   * Stores a run of pages.
   *
   * @param pool pool of the pages
   * @param object object of the pages
   * @param firstIndex first page
   * @param count pages
   * @param pages holds them back to back from its position on
   * @return pages stored before the first refusal; {@code count} when all were
   */
  public int putRange(Pool pool, long object, int firstIndex, int count, ByteBuffer pages) {
    CallerChecks.checkIndexes(firstIndex, count);
    CallerChecks.checkRoom(pages.remaining(), (long) count * pageBytes);
    pool.checkUsableBy(this);
    for (int i = 0; i < count; i++) {
      int offset = pages.position() + i * pageBytes;
      if (!puts.put(pool, object, firstIndex + i, pages, offset, null).isStored()) {
        return i;
      }
    }
    return count;
  }

  // ---- get and take ----

  /**
   * Reads a page.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param target takes the page from its position on; position and limit stay as they are
   * @return false when the page is absent; the target is then unchanged, unless the page was
   *     removed during the call
   * @throws CorruptPageException when the stored bytes are damaged
   * @throws TierFailureException when a tier could not deliver them now
   */
  public boolean get(Pool pool, long object, int index, ByteBuffer target) {
    CallerChecks.checkTarget(target, pageBytes);
    pool.checkUsableBy(this);
    return gets.get(pool, object, index, target, target.position(), null, false);
  }

  /**
   * Reads a page into an array; otherwise as {@link #get(Pool, long, int, ByteBuffer)}.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param target takes the page
   * @param offset where to begin
   * @return false when the page is absent
   */
  public boolean get(Pool pool, long object, int index, byte[] target, int offset) {
    CallerChecks.checkArray(target.length, offset, pageBytes);
    pool.checkUsableBy(this);
    return gets.get(pool, object, index, null, offset, target, false);
  }

  /**
   * Reads a page and removes it, as one step.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param target takes the page from its position on; position and limit stay as they are
   * @return false when the page is absent; the target is then unchanged, unless the page was
   *     removed during the call, as by another take
   * @throws CorruptPageException when the stored bytes are damaged; the page stays
   * @throws TierFailureException when a tier could not deliver them now; the page stays
   */
  public boolean take(Pool pool, long object, int index, ByteBuffer target) {
    CallerChecks.checkTarget(target, pageBytes);
    pool.checkUsableBy(this);
    return gets.get(pool, object, index, target, target.position(), null, true);
  }

  /**
   * Reads a page into an array and removes it; otherwise as {@link #take(Pool, long, int,
   * ByteBuffer)}.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @param target takes the page
   * @param offset where to begin
   * @return false when the page is absent
   */
  public boolean take(Pool pool, long object, int index, byte[] target, int offset) {
    CallerChecks.checkArray(target.length, offset, pageBytes);
    pool.checkUsableBy(this);
    return gets.get(pool, object, index, null, offset, target, true);
  }

  /**
   * Reads a run of pages, from whatever tiers they are in (hazard H25).
   *
   * @param pool pool of the pages
   * @param object object of the pages
   * @param firstIndex first page
   * @param count pages
   * @param target takes them back to back from its position on; an absent page reads as zeroes
   * @return pages that were present
   * @throws CorruptPageException when the bytes of one page are damaged
   * @throws TierFailureException when a tier could not deliver one page now
   */
  public int getRange(Pool pool, long object, int firstIndex, int count, ByteBuffer target) {
    CallerChecks.checkIndexes(firstIndex, count);
    CallerChecks.checkTarget(target, (long) count * pageBytes);
    pool.checkUsableBy(this);
    return gets.getRange(pool, object, firstIndex, count, target);
  }

  /**
   * Brings pages up to the top tier as far as there is room; what was read below stays there as
   * backing. Waits for reads, not for room, and ends early when the store closes.
   *
   * @param pool pool of the pages
   * @param object object of the pages
   * @param firstIndex first page
   * @param count pages, at most 2^32
   * @return pages that a get finds without a lower tier now, up to where room ended
   */
  public long prefetch(Pool pool, long object, int firstIndex, long count) {
    CallerChecks.checkIndexes(firstIndex, count);
    pool.checkUsableBy(this);
    Lane lane = lanes.borrow();
    try {
      return new Prefetch(wiring.hierarchy, lane, pool, object)
          .run(firstIndex, count, lanes::isOpen);
    } finally {
      lanes.giveBack(lane);
    }
  }

  // ---- flush ----

  /**
   * Removes a page; its space is free at once, in every tier.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index unsigned page index in the object
   * @return false when it was absent
   */
  public boolean flush(Pool pool, long object, int index) {
    return flushRange(pool, object, index, 1) == 1;
  }

  /**
   * Removes a run of pages; costs nothing for parts that were never written. A close in the middle
   * of a long run leaves the rest of it.
   *
   * @param pool pool of the pages
   * @param object object of the pages
   * @param firstIndex first page
   * @param count pages, at most 2^32
   * @return pages that were present
   */
  public long flushRange(Pool pool, long object, int firstIndex, long count) {
    CallerChecks.checkIndexes(firstIndex, count);
    pool.checkUsableBy(this);
    return removals.flushRange(lanes, pool, object, firstIndex, count);
  }

  /**
   * Removes every page of an object. A close in the middle of a large one leaves the rest of it.
   *
   * @param pool pool of the object
   * @param object the object
   * @return pages that were present
   */
  public long flushObject(Pool pool, long object) {
    pool.checkUsableBy(this);
    return removals.flushObject(lanes, pool, object);
  }

  /**
   * Removes a pool with every page in it; a shared one when its last user does so. In a durable
   * store it is gone for good when the call returns. A close in the middle leaves some of its pages
   * in the tiers, where nobody can reach them any more.
   *
   * @param pool the pool; not usable afterwards
   * @return pages that were removed
   * @throws TierFailureException when a durable store could not write that down
   */
  public long destroyPool(Pool pool) {
    pool.checkUsableBy(this);
    return wiring.destroy(pool);
  }

  // ---- sync ----

  /**
   * Makes everything survive that was done before the call: when it returns, every page put and
   * every page removed is on the medium of the lowest tier, and so stays after a crash and a loss
   * of power. Writes only what changed since the last sync; the pages stay in RAM. Calls that come
   * together share one sync. In a volatile store nothing happens.
   *
   * @throws TierFailureException when the medium failed or is full; nothing is lost in the store,
   *     and the next sync tries again
   * @throws CorruptPageException when a page that should be written is damaged in RAM
   */
  public void sync() {
    checkOpen();
    wiring.sync();
  }

  /**
   * Whether pages of persistent pools survive the process.
   *
   * @return true in a durable store
   */
  public boolean isDurable() {
    return wiring.isDurable();
  }

  // ---- the rest ----

  /**
   * Waits of puts for room; cheap, unlike {@link #stats}, which tells of them as well.
   *
   * @return how many there were
   */
  public long stalls() {
    return wiring.stalls();
  }

  /**
   * Writes back the coldest pages now and waits until they are committed. When nothing moves for
   * the close wait, 2 s at least, the tier below must hang: the call returns, writeback itself goes
   * on.
   *
   * @param request what and how much
   * @return pages that left the tier until then
   * @throws IllegalArgumentException when pages cannot leave that tier, or the tenant does not
   *     exist
   * @throws InterruptedException when interrupted; writeback itself goes on
   */
  public long writeBack(WritebackRequest request) throws InterruptedException {
    checkOpen();
    request.tenant().ifPresent(wiring.tenants::named);
    return wiring.writeback.writeBack(request);
  }

  /**
   * Counts everything.
   *
   * @return an immutable snapshot
   */
  public StoreStats stats() {
    return wiring.stats();
  }

  /**
   * Shows where every page is, for checks; exact when nothing else uses the store. A close in the
   * middle of it ends it.
   *
   * @param visitor sees each page once
   */
  public void inspect(PageVisitor visitor) {
    checkOpen();
    new PageWalk(wiring.hierarchy, lanes, visitor).walk(pools);
  }

  /**
   * Stops the store in bounded time: operations under way complete, new ones are refused, writeback
   * ends what is in flight, tiers release memory and files. Idempotent; a second caller returns at
   * once. A durable store writes everything down first. When a part fails to close, the others are
   * closed all the same and its failure is thrown.
   *
   * @throws TierFailureException when something hangs in a tier: tiers stay open rather than go
   *     under it, and a durable store opens as after a crash
   */
  @Override
  public void close() {
    if (!wiring.state.compareAndSet(StoreState.OPEN, StoreState.CLOSING)) {
      return;
    }
    ClosingParts parts = wiring.close();
    wiring.state.set(StoreState.CLOSED);
    parts.throwFailure();
  }

  private void checkOpen() {
    if (wiring.state.get() != StoreState.OPEN) {
      throw new StoreClosedException();
    }
  }
}
