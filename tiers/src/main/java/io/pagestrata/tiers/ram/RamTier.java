// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolStats;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The tier that holds zpages in off-heap memory, in a zpool.
 *
 * <p>The pool knows how zpages lie in memory; the tier decides when it compacts rather than shows a
 * region for eviction, when the host hears of pressure, and that a batch is stored whole or not at
 * all. Thread-safe; what is locked when is up to the pool.
 *
 * <p>The memory budget is charged for memory from its first use on and gets free memory back when
 * others run short; a budget serves one RAM tier.
 */
public final class RamTier implements UpperTier {
  private final RamSettings settings;
  private final MemoryBudget budget;
  private final EvictionPolicy eviction;
  private final Zpool pool;
  private final LongAdder refusals = new LongAdder();
  private final LongAdder takenBackZpages = new LongAdder();
  private final LongAdder takenBackBytes = new LongAdder();
  private TierHost host;
  private volatile boolean closed;

  /**
   * Maps the memory of the tier.
   *
   * @param settings size and shape
   * @param budget charged for memory in use and spare
   * @param nanoClock nanoseconds, as {@link System#nanoTime}
   * @throws IllegalArgumentException when sizes do not fit together
   * @throws IllegalStateException when the system cannot map the memory
   */
  public RamTier(RamSettings settings, MemoryBudget budget, LongSupplier nanoClock) {
    this.settings = settings;
    this.budget = budget;
    eviction = settings.eviction().policy();
    pool = Zpools.make(settings, eviction, budget, nanoClock);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public void attach(TierHost newHost) {
    host = newHost;
    pool.attach(newHost);
    budget.onShortage(this::makeSpare);
  }

  /** Gives free memory to whoever else needs memory; the pool shrinks, so reclaim must follow. */
  private long makeSpare(long bytes) {
    long released = pool.releaseSpare(bytes);
    if (!closed) {
      host.underPressure();
    }
    return released;
  }

  @Override
  public int read(long locator, ByteBuffer scratch, ZpageReader reader) {
    return pool.read(locator, reader);
  }

  @Override
  public int scratchBytes() {
    return 0;
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    long locator = pool.store(zpage, offset, bytes, backing, intent);
    if (locator == NO_SPACE) {
      refusals.increment();
      if (!closed) {
        host.underPressure();
      }
    } else if (pool.tookMemory(locator)
        && pool.usedBytes() >= settings.pressureShare() * pool.limitBytes()) {
      host.underPressure();
    }
    return locator;
  }

  @Override
  public TierOutcome store(ZpageBatch batch) {
    if (!closed && pool.usedBytes() + batch.bytes() > pool.putLimitBytes()) {
      // Found out before anything is stored: what is taken back would stay as dead space.
      refusals.increment();
      host.underPressure();
      return TierOutcome.FULL;
    }
    for (int i = 0; i < batch.count(); i++) {
      int offset = batch.offset(i);
      int bytes = ZpageHeader.zpageBytes(batch.data(), offset);
      long locator = store(batch.data(), offset, bytes, batch.backing(i), StoreIntent.PUT);
      if (locator == NO_SPACE) {
        takeBack(batch, i);
        return closed ? TierOutcome.CLOSED : TierOutcome.FULL;
      }
      batch.setToLocator(i, locator);
    }
    return TierOutcome.STORED;
  }

  private void takeBack(ZpageBatch batch, int count) {
    for (int i = 0; i < count; i++) {
      takenBackZpages.increment();
      takenBackBytes.add(ZpageHeader.zpageBytes(batch.data(), batch.offset(i)));
      pool.free(batch.toLocator(i));
    }
  }

  @Override
  public void free(long locator) {
    pool.free(locator);
  }

  @Override
  public long heldBytes(long locator) {
    return pool.heldBytes(locator);
  }

  @Override
  public long backing(long locator) {
    return pool.backing(locator);
  }

  @Override
  public long reclaim(ZpageVisitor visitor, long untouchedSinceNanos) {
    if (pool.compact() > 0) {
      host.spaceFreed();
      return CLEANED;
    }
    return pool.showColdest(visitor, untouchedSinceNanos);
  }

  @Override
  public long reclaimAt(long locator, ZpageVisitor visitor) {
    if (pool.compact() > 0) {
      host.spaceFreed();
      return CLEANED;
    }
    return pool.showAt(locator, visitor);
  }

  @Override
  public EvictionPolicy eviction() {
    return eviction;
  }

  @Override
  public void settle(long region) {
    pool.settle(region);
  }

  @Override
  public void condemn(long region) {
    pool.condemn(region);
  }

  @Override
  public long maintain() {
    long used = pool.usedBytes();
    boolean dense = pool.liveBytes() >= settings.cleanBelowLiveShare() * used;
    // A full tier is cleaned though it is dense as a whole: puts may wait for it.
    if (dense && used < pool.putLimitBytes()) {
      return 0;
    }
    long bytes = pool.compact();
    if (bytes > 0) {
      host.spaceFreed();
    }
    return bytes;
  }

  @Override
  public boolean isMakingRoom() {
    return !closed && pool.isMakingRoom();
  }

  @Override
  public long usedBytes() {
    return pool.usedBytes();
  }

  @Override
  public long limitBytes() {
    return pool.limitBytes();
  }

  @Override
  public long putLimitBytes() {
    return pool.putLimitBytes();
  }

  @Override
  public String describe(long locator) {
    return pool.describe(locator);
  }

  @Override
  public TierStats stats() {
    ZpoolStats now = pool.stats();
    TierState state = now.full() ? TierState.FULL : TierState.OPEN;
    return new TierStats(
        settings.name(),
        closed ? TierState.CLOSED : state,
        now.zpages(),
        now.zpageBytes(),
        pool.usedBytes(),
        pool.limitBytes(),
        now.storedZpages() - takenBackZpages.sum(),
        now.storedBytes() - takenBackBytes.sum(),
        now.writtenBytes(),
        now.compactedZpages(),
        now.compactedBytes(),
        now.regionsCompacted(),
        0,
        0,
        refusals.sum(),
        now.damagedRegions());
  }

  @Override
  public void close() {
    closed = true;
    budget.onShortage(bytes -> 0);
    pool.close();
  }
}
