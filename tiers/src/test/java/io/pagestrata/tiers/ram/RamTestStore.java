// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * A store over one RAM tier whose page table is a plain map from object to locator. Thread-safe,
 * but for putting or removing one object from two threads.
 */
final class RamTestStore implements TierHost, AutoCloseable {
  static final int PAGE_BYTES = 4096;
  static final int POOL = 7;
  private static final int FOUND = 1;
  private static final int MOVED = 2;
  private static final int WRONG = 3;

  final MemoryBudget budget;
  final AtomicLong nanos = new AtomicLong();
  final RamTier tier;
  final Map<Long, Long> table = new ConcurrentHashMap<>();
  final AtomicLong pressure = new AtomicLong();
  final AtomicLong freed = new AtomicLong();
  private final AtomicLong generation = new AtomicLong();

  RamTestStore(RamSettings settings) {
    this(settings, new MemoryBudget(settings.maxBytes()));
  }

  RamTestStore(RamSettings settings, MemoryBudget budget) {
    this.budget = budget;
    tier = new RamTier(settings, budget, nanos::get);
    tier.attach(this);
  }

  /** A store of {@code blocks} blocks of 16 KiB, the smallest for its page size, and one shard. */
  static RamTestStore ofBlocks(int blocks) {
    return new RamTestStore(settings(blocks, 1, 0.8));
  }

  static RamSettings settings(int blocks, int shards, double cleanBelow) {
    int blockBytes = 16 << 10;
    return new RamSettings(
        "ram",
        ZpoolKind.LOG,
        (long) blocks * blockBytes,
        PAGE_BYTES,
        blockBytes,
        shards,
        8,
        0.98,
        cleanBelow,
        0.9,
        Eviction.SECOND_CHANCE,
        false);
  }

  /** A whole zpage of random payload, sealed, at offset 8 of a buffer of its own. */
  ByteBuffer zpage(long object, int payloadBytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8 + ZpageHeader.BYTES + payloadBytes);
    long mine = generation.incrementAndGet();
    ZpageHeader.write(buffer, 8, POOL, object, 0, mine, 1, 0, 12, payloadBytes);
    SplittableRandom random = new SplittableRandom(mine);
    for (int i = 8 + ZpageHeader.BYTES; i < buffer.capacity(); i++) {
      // Bytes that look like trailers when their top bit is taken for a mark.
      buffer.put(i, (byte) (random.nextInt() | 0x80));
    }
    ZpageHeader.seal(buffer, 8, new CRC32C());
    return buffer;
  }

  static int bytes(ByteBuffer zpage) {
    return zpage.capacity() - 8;
  }

  /** Stores without publishing. */
  long store(ByteBuffer zpage, long backing, StoreIntent intent) {
    return tier.store(zpage, 8, bytes(zpage), backing, intent);
  }

  boolean put(long object, int payloadBytes) {
    return put(object, payloadBytes, UpperTier.NO_BACKING);
  }

  boolean put(long object, int payloadBytes, long backing) {
    long locator = store(zpage(object, payloadBytes), backing, StoreIntent.PUT);
    if (locator == UpperTier.NO_SPACE) {
      return false;
    }
    publish(object, locator);
    return true;
  }

  void publish(long object, long locator) {
    Long old = table.put(object, locator);
    if (old != null) {
      tier.free(old);
    }
  }

  boolean remove(long object) {
    Long old = table.remove(object);
    if (old != null) {
      tier.free(old);
    }
    return old != null;
  }

  /** Whether the object is there and whole; throws when it is there and not whole. */
  boolean holds(long object) {
    while (true) {
      Long locator = table.get(object);
      if (locator == null) {
        return false;
      }
      int found =
          tier.read(locator, null, (memory, at, most) -> check(object, locator, memory, at, most));
      if (found == WRONG) {
        throw new AssertionError(
            "damaged zpage of object " + object + ", " + tier.describe(locator));
      }
      if (found == FOUND) {
        return true;
      }
      if (found == Tier.GONE && locator.equals(table.get(object))) {
        throw new AssertionError("published zpage gone, object " + object);
      }
    }
  }

  private int check(long object, Long locator, ByteBuffer memory, int at, int most) {
    if (!locator.equals(table.get(object))) {
      return MOVED;
    }
    ByteBuffer own = memory.duplicate();
    return ZpageHeader.isFor(own, at, POOL, object, 0)
            && ZpageHeader.verify(own, at, most, new CRC32C())
        ? FOUND
        : WRONG;
  }

  /** Shows the oldest block and drops everything alive in it, cleaning before as the tier likes. */
  long evictOnce() {
    long region;
    do {
      region = tier.reclaim(this::drop, Long.MAX_VALUE);
    } while (region == UpperTier.CLEANED);
    if (region != UpperTier.NOTHING) {
      tier.settle(region);
    }
    return region;
  }

  void drop(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (table.remove(ZpageHeader.object(memory, offset), locator)) {
      tier.free(locator);
    }
  }

  /** Puts, evicting the oldest blocks until there is room. */
  void putEvicting(long object, int payloadBytes) {
    while (!put(object, payloadBytes)) {
      evictOnce();
    }
  }

  @Override
  public boolean isLive(ByteBuffer memory, int offset, long locator) {
    Long now = table.get(ZpageHeader.object(memory, offset));
    return now != null && now == locator;
  }

  @Override
  public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
    return table.replace(ZpageHeader.object(memory, offset), from, to);
  }

  @Override
  public void underPressure() {
    pressure.incrementAndGet();
  }

  @Override
  public void spaceFreed() {
    freed.incrementAndGet();
  }

  @Override
  public void close() {
    tier.close();
  }
}
