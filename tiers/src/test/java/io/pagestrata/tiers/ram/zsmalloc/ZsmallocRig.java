// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * A pool whose page table is a plain map from object to locator, filled with zpages whose every
 * byte follows from object and generation. Thread-safe, but for putting or removing one object from
 * two threads.
 */
final class ZsmallocRig implements TierHost, AutoCloseable {
  static final int FRAME_BYTES = 4096;
  private static final int POOL = 3;
  private static final int FOUND = 1;
  private static final int MOVED = 2;
  private static final int WRONG = 3;
  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(ZpageHeader.BYTES + (64 << 10)));
  private static final ThreadLocal<CRC32C> CRC = ThreadLocal.withInitial(CRC32C::new);

  final MemoryBudget budget;
  final ZsmallocPool pool;
  final AtomicLong nanos = new AtomicLong();
  final AtomicLong freed = new AtomicLong();
  final Map<Long, Long> table = new ConcurrentHashMap<>();
  private final AtomicLong generation = new AtomicLong();

  ZsmallocRig(ZsmallocSettings settings) {
    this(settings, new MemoryBudget(settings.maxBytes()));
  }

  ZsmallocRig(ZsmallocSettings settings, MemoryBudget budget) {
    this.budget = budget;
    pool = new ZsmallocPool(settings, EvictionPolicy.SECOND_CHANCE, budget, nanos::get);
    pool.attach(this);
    budget.onShortage(pool::releaseSpare);
  }

  /** A pool of so many frames that compacts whenever that frees a zspage. */
  static ZsmallocRig ofFrames(int frames) {
    return new ZsmallocRig(
        new ZsmallocSettings((long) frames * FRAME_BYTES, FRAME_BYTES, 8, 1, false));
  }

  /** Fills the buffer of this thread with a whole zpage. */
  private ByteBuffer zpage(long object, int zpageBytes) {
    ByteBuffer buffer = BUFFER.get();
    long mine = generation.incrementAndGet();
    ZpageHeader.write(buffer, 0, POOL, object, 0, mine, 1, 0, 12, zpageBytes - ZpageHeader.BYTES);
    for (int i = ZpageHeader.BYTES; i < zpageBytes; i += Long.BYTES) {
      buffer.putLong(i, (mine + i) * 0x9E3779B97F4A7C15L);
    }
    ZpageHeader.seal(buffer, 0, CRC.get());
    return buffer;
  }

  /** Stores without publishing. */
  long store(long object, int zpageBytes, long backing, StoreIntent intent) {
    return pool.store(zpage(object, zpageBytes), 0, zpageBytes, backing, intent);
  }

  boolean put(long object, int zpageBytes) {
    return put(object, zpageBytes, UpperTier.NO_BACKING, StoreIntent.PUT);
  }

  boolean put(long object, int zpageBytes, long backing, StoreIntent intent) {
    long locator = store(object, zpageBytes, backing, intent);
    if (locator == UpperTier.NO_SPACE) {
      return false;
    }
    Long old = table.put(object, locator);
    if (old != null) {
      pool.free(old);
    }
    return true;
  }

  boolean remove(long object) {
    Long old = table.remove(object);
    if (old != null) {
      pool.free(old);
    }
    return old != null;
  }

  /** Whether the object is there and whole; throws when it is there and not whole. */
  boolean holds(long object) {
    for (Long at = table.get(object); at != null; at = table.get(object)) {
      Long locator = at;
      int found =
          pool.read(
              locator, (memory, offset, most) -> check(object, locator, memory, offset, most));
      boolean same = locator.equals(table.get(object));
      assertThat(found == WRONG || found == Tier.GONE && same)
          .as("damaged or gone: object %d, %s", object, pool.describe(locator))
          .isFalse();
      if (found == FOUND) {
        return true;
      }
    }
    return false;
  }

  private int check(long object, Long locator, ByteBuffer memory, int offset, int most) {
    if (!locator.equals(table.get(object))) {
      return MOVED;
    }
    ByteBuffer own = memory.duplicate();
    boolean whole =
        ZpageHeader.isFor(own, offset, POOL, object, 0)
            && ZpageHeader.verify(own, offset, most, CRC.get());
    return whole ? FOUND : WRONG;
  }

  /** Drops everything in the coldest region; false when there was none. */
  boolean evict() {
    long region = pool.showColdest(this::drop, Long.MAX_VALUE);
    pool.settle(region);
    return region != UpperTier.NOTHING;
  }

  void drop(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (table.remove(ZpageHeader.object(memory, offset), locator)) {
      pool.free(locator);
    }
  }

  /** Puts; makes room by compaction, and by eviction where that does not help. */
  void putEvicting(long object, int zpageBytes) {
    while (!put(object, zpageBytes)) {
      if (pool.compact() == 0) {
        evict();
      }
    }
  }

  void compactFully() {
    while (pool.compact() > 0) {}
  }

  @Override
  public boolean isLive(ByteBuffer memory, int offset, long locator) {
    throw new AssertionError("handles move without asking");
  }

  @Override
  public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
    throw new AssertionError("handles move without asking");
  }

  @Override
  public void underPressure() {}

  @Override
  public void spaceFreed() {
    freed.incrementAndGet();
  }

  @Override
  public void close() {
    pool.close();
  }
}
