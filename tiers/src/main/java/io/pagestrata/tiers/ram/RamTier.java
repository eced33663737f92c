// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.ram.log.LogPool;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The tier that holds zpages in off-heap memory, in a zpool of kind {@code log}.
 *
 * <p>The pool knows how zpages lie in memory; the tier decides when a block is cleaned rather than
 * shown for eviction, when the host hears of pressure, and that a batch is stored whole or not at
 * all. Reads and frees take no lock, a store takes one short lock of its shard. Thread-safe.
 *
 * <p>The memory budget charges blocks from their first use on and gets free ones back when others
 * run short; a budget serves one RAM tier.
 */
public final class RamTier implements UpperTier {
  private final RamSettings settings;
  private final MemoryBudget budget;
  private final LogPool pool;
  private final LongAdder refusals = new LongAdder();
  private final LongAdder takenBackZpages = new LongAdder();
  private final LongAdder takenBackBytes = new LongAdder();
  private TierHost host;
  private volatile boolean closed;

  /**
   * Maps the memory of the tier.
   *
   * @param settings size and shape
   * @param budget charged for each resident block
   * @param nanoClock nanoseconds, as {@link System#nanoTime}
   * @throws IllegalArgumentException when size and block size do not fit together
   * @throws IllegalStateException when the system cannot map the memory
   */
  public RamTier(RamSettings settings, MemoryBudget budget, LongSupplier nanoClock) {
    this.settings = settings;
    this.budget = budget;
    pool =
        new LogPool(
            settings.maxBytes(),
            settings.pageBytes(),
            settings.blockBytes(),
            settings.shards(),
            settings.preTouch(),
            budget,
            nanoClock);
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

  /** Gives free blocks to whoever else needs memory; the pool shrinks, so reclaim must follow. */
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
    long locator = pool.append(zpage, offset, bytes, backing, intent);
    if (locator == NO_SPACE) {
      refusals.increment();
      if (!closed) {
        host.underPressure();
      }
    } else if (pool.isFirstInBlock(locator)
        && pool.usedBytes() >= settings.pressureShare() * pool.limitBytes()) {
      host.underPressure();
    }
    return locator;
  }

  @Override
  public TierOutcome store(ZpageBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      int offset = batch.offset(i);
      int bytes = ZpageHeader.zpageBytes(batch.data(), offset);
      long locator = store(batch.data(), offset, bytes, NO_BACKING, StoreIntent.PUT);
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
    if (pool.cleanSparsest(settings.cleanBelowLiveShare()) > 0) {
      host.spaceFreed();
      return CLEANED;
    }
    return pool.showOldest(visitor, untouchedSinceNanos);
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
    boolean dense = pool.liveBytes() >= settings.cleanBelowLiveShare() * pool.usedBytes();
    return dense ? 0 : pool.cleanSparsest(settings.cleanBelowLiveShare());
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
    return pool.stats(settings.name(), takenBackZpages.sum(), takenBackBytes.sum(), refusals.sum());
  }

  @Override
  public void close() {
    closed = true;
    budget.onShortage(bytes -> 0);
    pool.close();
  }
}
