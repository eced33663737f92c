// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.ram.memory.Scratches;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolStats;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The {@code chronicle} zpool: zpages are values of a Chronicle Map, and their locators its keys.
 *
 * <p>The library finds room for any size and knows nothing of age, and it throws when it is full.
 * So age and fill are kept beside it ({@link Runs}, {@link Fill}); the pool refuses before the
 * library does, and takes its exception for a refusal when it comes first. Readers get a copy, so
 * there is nothing to pin, and what is freed can be used again at once; a locator comes back after
 * a million lives of its run.
 *
 * <p>The map takes its memory when it is made and gives nothing back before it is closed. It
 * therefore takes seven eighths of what the budget has left, and the rest is for the page table.
 * Not compacted: what churn costs is seen in {@link #usedBytes}.
 *
 * <p>Thread-safe. One lock guards runs and fill; the map is called outside of it, and locks the
 * segment of a key. No lock is held while the host, a visitor or a reader runs.
 */
public final class ChroniclePool implements Zpool {
  private static final int SHARES = 8;

  /** Runs for eight times the zpages of half a page that fit, since survivors keep whole runs. */
  private static final int SPARE_RUNS = 8;

  private final MemoryBudget budget;
  private final LongSupplier clock;
  private final int maxZpageBytes;
  private final ZpageMap map;
  private final Runs runs;
  private final Fill fill;
  private final Scratches scratches;
  private final long chargedBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;
  private volatile double usedRuns;
  private TierHost host;

  private long storedZpages;
  private long storedBytes;
  private long writtenBytes;
  private long freedZpages;
  private long damaged;

  /**
   * Makes a pool and takes its memory.
   *
   * @param maxBytes most bytes, of which the map takes seven eighths
   * @param pageBytes page size of the store
   * @param eviction order in which runs are shown
   * @param budget charged for the whole map
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @throws IllegalArgumentException when the memory is too little
   * @throws IllegalStateException when this JVM cannot run Chronicle Map, saying what is missing
   */
  public ChroniclePool(
      long maxBytes,
      int pageBytes,
      EvictionPolicy eviction,
      MemoryBudget budget,
      LongSupplier clock) {
    ChronicleJvm.complaint("zpool chronicle")
        .ifPresent(
            complaint -> {
              throw new IllegalStateException(complaint);
            });
    this.budget = budget;
    this.clock = clock;
    maxZpageBytes = ZpageHeader.BYTES + pageBytes;
    long left = Math.min(maxBytes, budget.limitBytes() - budget.usedBytes());
    long share = left / SHARES * (SHARES - 1);
    int count =
        (int)
            Math.min(
                Runs.MOST_RUNS, Math.max(64, share / (pageBytes / 2) * SPARE_RUNS / Runs.PLACES));
    long tableBytes = (long) count * Runs.BYTES_PER_RUN;
    map = new ZpageMap(share - tableBytes, pageBytes);
    chargedBytes = map.memoryBytes() + tableBytes;
    if (!budget.tryCharge(chargedBytes)) {
      map.close();
      throw new IllegalArgumentException(
          "RAM tier: no room for the " + chargedBytes + " bytes of zpool chronicle");
    }
    runs = new Runs(count, eviction);
    int largest = map.chunks(maxZpageBytes + Long.BYTES) * map.chunkBytes();
    fill = new Fill(map.memoryBytes(), map.capacityBytes(), largest);
    scratches = new Scratches(maxZpageBytes + Long.BYTES);
  }

  @Override
  public void attach(TierHost newHost) {
    host = newHost;
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    Objects.checkFromIndexSize(offset, bytes, zpage.limit());
    Objects.checkIndex(bytes, maxZpageBytes + 1);
    boolean backed = backing != UpperTier.NO_BACKING;
    int chunks = map.chunks(bytes + (backed ? Long.BYTES : 0));
    long locator = hand(chunks, intent);
    if (locator == Runs.NONE) {
      return UpperTier.NO_SPACE;
    }
    boolean fitted = false;
    try {
      fitted = put(locator, zpage, offset, bytes, backing);
    } finally {
      end(locator, chunks, bytes, backed, fitted);
    }
    return fitted ? locator : UpperTier.NO_SPACE;
  }

  private long hand(int chunks, StoreIntent intent) {
    long nanos = clock.getAsLong();
    lock.lock();
    try {
      if (closed || !fill.mayStore(chunks * map.chunkBytes(), intent)) {
        return Runs.NONE;
      }
      long locator = runs.hand(intent, nanos);
      usedRuns = runs.usedShare();
      return locator;
    } finally {
      lock.unlock();
    }
  }

  private boolean put(long locator, ByteBuffer zpage, int offset, int bytes, long backing) {
    int scratch = scratches.take();
    try {
      ByteBuffer value = scratches.buffer(scratch).clear();
      value.put(0, zpage, offset, bytes);
      int end = bytes;
      if (backing != UpperTier.NO_BACKING) {
        value.putLong(bytes, backing);
        end += Long.BYTES;
      }
      return map.put(locator, value.limit(end));
    } finally {
      scratches.put(scratch);
    }
  }

  private void end(long locator, int chunks, int bytes, boolean backed, boolean fitted) {
    lock.lock();
    try {
      if (!fitted) {
        runs.letGo(locator);
        fill.refused();
        return;
      }
      runs.stored(locator, chunks, backed);
      int chunkBytes = chunks * map.chunkBytes();
      fill.stored(chunkBytes);
      storedZpages++;
      storedBytes += bytes;
      writtenBytes += chunkBytes;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(long locator, ZpageReader reader) {
    if (closed || locator < 0) {
      return Tier.GONE;
    }
    int scratch = scratches.take();
    try {
      ByteBuffer value = scratches.buffer(scratch);
      return map.get(locator, value) ? reader.read(value, 0, value.limit()) : Tier.GONE;
    } finally {
      scratches.put(scratch);
    }
  }

  @Override
  public void free(long locator) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (!runs.isAlive(locator)) {
        throw new IllegalStateException("zpage of " + describe(locator) + " freed twice");
      }
      fill.freed(runs.chunks(locator) * map.chunkBytes());
      runs.free(locator);
      usedRuns = runs.usedShare();
      freedZpages++;
    } finally {
      lock.unlock();
    }
    map.remove(locator);
    host.spaceFreed();
  }

  @Override
  public long backing(long locator) {
    if (!isBacked(locator)) {
      return UpperTier.NO_BACKING;
    }
    int scratch = scratches.take();
    try {
      ByteBuffer value = scratches.buffer(scratch);
      return map.get(locator, value)
          ? value.getLong(value.limit() - Long.BYTES)
          : UpperTier.NO_BACKING;
    } finally {
      scratches.put(scratch);
    }
  }

  private boolean isBacked(long locator) {
    lock.lock();
    try {
      return !closed && runs.isAlive(locator) && runs.isBacked(locator);
    } finally {
      lock.unlock();
    }
  }

  /** Nothing to do: the library does not move values, and neither do we. */
  @Override
  public long compact() {
    return 0;
  }

  @Override
  public long showColdest(ZpageVisitor visitor, long untouchedSinceNanos) {
    int run;
    long region;
    int alive;
    lock.lock();
    try {
      run = closed ? Runs.NONE : runs.takeColdest(untouchedSinceNanos);
      if (run == Runs.NONE) {
        return UpperTier.NOTHING;
      }
      region = runs.region(run);
      alive = runs.aliveIn(run);
    } finally {
      lock.unlock();
    }
    int scratch = scratches.take();
    boolean shown = false;
    try {
      ByteBuffer value = scratches.buffer(scratch);
      for (int left = alive; left != 0; left &= left - 1) {
        long locator = runs.locator(run, Integer.numberOfTrailingZeros(left));
        show(locator, value, visitor, region);
      }
      shown = true;
    } finally {
      scratches.put(scratch);
      if (!shown) {
        settle(region);
      }
    }
    return region;
  }

  /** Shows a zpage, unless it was freed meanwhile or its header cannot be right. */
  private void show(long locator, ByteBuffer value, ZpageVisitor visitor, long region) {
    boolean backed = isBacked(locator);
    if (!map.get(locator, value)) {
      return;
    }
    int bytes = value.limit() - (backed ? Long.BYTES : 0);
    if (ZpageHeader.zpageBytes(value, 0) != bytes) {
      if (isAlive(locator)) {
        condemn(region);
      }
      return;
    }
    visitor.visit(value, 0, bytes, locator, backed ? value.getLong(bytes) : UpperTier.NO_BACKING);
  }

  private boolean isAlive(long locator) {
    lock.lock();
    try {
      return runs.isAlive(locator);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long showAt(long locator, ZpageVisitor visitor) {
    lock.lock();
    try {
      if (closed || !runs.isAlive(locator)) {
        return UpperTier.NOTHING;
      }
      runs.hold(locator);
    } finally {
      lock.unlock();
    }
    int scratch = scratches.take();
    boolean shown = false;
    try {
      show(locator, scratches.buffer(scratch), visitor, SINGLE);
      shown = true;
    } finally {
      scratches.put(scratch);
      if (!shown) {
        settle(SINGLE | locator);
      }
    }
    return SINGLE | locator;
  }

  @Override
  public void settle(long region) {
    lock.lock();
    try {
      if (region >= SINGLE) {
        runs.letGo(region & ~SINGLE);
      } else {
        runs.settle(region);
      }
      usedRuns = runs.usedShare();
    } finally {
      lock.unlock();
    }
    host.spaceFreed();
  }

  @Override
  public void condemn(long region) {
    if (region >= SINGLE) {
      return;
    }
    lock.lock();
    try {
      if (runs.condemn(region)) {
        damaged++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing: the map keeps its memory until it is closed. */
  @Override
  public long releaseSpare(long bytes) {
    return 0;
  }

  @Override
  public long usedBytes() {
    return Math.max(fill.usedBytes(), (long) (usedRuns * limitBytes()));
  }

  @Override
  public long limitBytes() {
    return closed ? 0 : fill.memoryBytes();
  }

  @Override
  public long putLimitBytes() {
    return closed ? 0 : fill.putLimitBytes();
  }

  @Override
  public long liveBytes() {
    return closed ? 0 : fill.liveBytes();
  }

  /** Any store takes memory; one in eight is looked at. */
  @Override
  public boolean tookMemory(long locator) {
    return (locator & 7) == 0;
  }

  @Override
  public long heldBytes(long locator) {
    lock.lock();
    try {
      return (long) runs.chunks(locator) * map.chunkBytes();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String describe(long locator) {
    return "map entry " + locator;
  }

  @Override
  public ZpoolStats stats() {
    lock.lock();
    try {
      return new ZpoolStats(
          closed || !fill.mayStore(maxZpageBytes, StoreIntent.PUT),
          closed ? 0 : storedZpages - freedZpages,
          liveBytes(),
          storedZpages,
          storedBytes,
          writtenBytes,
          0,
          0,
          0,
          damaged);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      lock.unlock();
    }
    map.close();
    scratches.close();
    budget.release(chargedBytes);
  }
}
