// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.Zpools;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A zpool under a page table as small as can be: one locator for each page. One thread puts and
 * removes; another may compact and evict meanwhile.
 */
final class ZpoolRig implements TierHost, AutoCloseable {
  private static final long ABSENT = -1;

  final Zpool pool;

  private final MemoryBudget budget;
  private final int pageShift;
  private final AtomicLongArray locators;
  private final int[] zpageBytes;
  private final long[] numbers;
  private final ByteBuffer scratch;
  private final AtomicLong liveZpages = new AtomicLong();
  private final AtomicLong liveBytes = new AtomicLong();
  private final AtomicLong evictedZpages = new AtomicLong();
  private final AtomicLong evictedBytes = new AtomicLong();
  private long stores;
  private long storedBytes;

  /** Opens an empty pool with the settings that ship; with room made resident, or at first use. */
  ZpoolRig(ZpoolKind kind, long bytes, int pageBytes, int pages, boolean preTouch) {
    budget = new MemoryBudget(bytes);
    pageShift = Integer.numberOfTrailingZeros(pageBytes);
    locators = new AtomicLongArray(pages);
    zpageBytes = new int[pages];
    numbers = new long[pages];
    scratch = ByteBuffer.allocateDirect(ZpageHeader.BYTES + pageBytes);
    for (int page = 0; page < pages; page++) {
      locators.setPlain(page, ABSENT);
    }
    pool =
        Zpools.make(
            settings(kind, bytes, pageBytes, preTouch),
            EvictionPolicy.SECOND_CHANCE,
            budget,
            System::nanoTime);
    pool.attach(this);
  }

  private static RamSettings settings(ZpoolKind kind, long bytes, int pageBytes, boolean preTouch) {
    RamSettings usual = RamSettings.of("ram", bytes, pageBytes);
    return new RamSettings(
        usual.name(),
        kind,
        usual.maxBytes(),
        usual.pageBytes(),
        usual.blockBytes(),
        usual.shards(),
        usual.zspageFrames(),
        usual.compactBelowUsedShare(),
        usual.cleanBelowLiveShare(),
        usual.pressureShare(),
        usual.eviction(),
        preTouch);
  }

  /** Stores a page over what it held; false when there is no room. */
  boolean put(int page, int payloadBytes) {
    prepare(page, payloadBytes);
    long locator = storePrepared();
    if (locator == UpperTier.NO_SPACE) {
      return false;
    }
    publish(page, locator);
    return true;
  }

  /** Builds the zpage that {@link #storePrepared} takes. */
  void prepare(int page, int payloadBytes) {
    ZpageHeader.write(scratch, 0, 1, 0, page, stores + 1, 0, 0, pageShift, payloadBytes);
  }

  long storePrepared() {
    int bytes = ZpageHeader.zpageBytes(scratch, 0);
    return pool.store(scratch, 0, bytes, UpperTier.NO_BACKING, StoreIntent.PUT);
  }

  /** Names the place of the prepared zpage and frees the one before. */
  void publish(int page, long locator) {
    remove(page);
    int bytes = ZpageHeader.zpageBytes(scratch, 0);
    stores++;
    storedBytes += bytes;
    liveZpages.incrementAndGet();
    liveBytes.addAndGet(bytes);
    zpageBytes[page] = bytes;
    numbers[page] = stores;
    locators.set(page, locator);
  }

  void remove(int page) {
    long before = locators.getAndSet(page, ABSENT);
    if (before != ABSENT) {
      free(before, zpageBytes[page]);
    }
  }

  private void free(long locator, int bytes) {
    liveZpages.decrementAndGet();
    liveBytes.addAndGet(-bytes);
    pool.free(locator);
  }

  boolean holds(int page) {
    return locators.get(page) != ABSENT;
  }

  /** Number of the store that a page comes from, in the order of all stores; 0 when absent. */
  long number(int page) {
    return holds(page) ? numbers[page] : 0;
  }

  /** Evicts every zpage of the coldest region; false when there is none. */
  boolean evict() {
    long region = pool.showColdest(this::drop, Long.MAX_VALUE);
    if (region == UpperTier.NOTHING) {
      return false;
    }
    pool.settle(region);
    return true;
  }

  private void drop(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (locators.compareAndSet(ZpageHeader.index(memory, offset), locator, ABSENT)) {
      evictedZpages.incrementAndGet();
      evictedBytes.addAndGet(bytes);
      free(locator, bytes);
    }
  }

  /** Gives all free memory back, so that {@link #takenBytes} is what zpages keep. */
  void releaseSpare() {
    pool.releaseSpare(Long.MAX_VALUE);
  }

  /** Memory charged to the pool: its zpages, what it has free, and its tables. */
  long takenBytes() {
    return budget.usedBytes();
  }

  /** Zpage bytes, headers included, against all memory taken. */
  double density() {
    return (double) liveBytes.get() / takenBytes();
  }

  /** Payload bytes against all memory taken. */
  double payloadDensity() {
    return (double) (liveBytes.get() - liveZpages.get() * ZpageHeader.BYTES) / takenBytes();
  }

  long liveBytes() {
    return liveBytes.get();
  }

  long stores() {
    return stores;
  }

  long storedBytes() {
    return storedBytes;
  }

  long evictedZpages() {
    return evictedZpages.get();
  }

  long evictedBytes() {
    return evictedBytes.get();
  }

  @Override
  public boolean isLive(ByteBuffer memory, int offset, long locator) {
    return locators.get(ZpageHeader.index(memory, offset)) == locator;
  }

  @Override
  public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
    return locators.compareAndSet(ZpageHeader.index(memory, offset), from, to);
  }

  @Override
  public void underPressure() {
    // Whoever puts looks at the level.
  }

  @Override
  public void spaceFreed() {
    // Whoever waits tries again.
  }

  @Override
  public void close() {
    pool.close();
  }
}
