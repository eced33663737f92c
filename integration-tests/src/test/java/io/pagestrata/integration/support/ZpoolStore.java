// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.ModelHost.Page;
import io.pagestrata.integration.support.ModelHost.Place;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.Zpools;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A zpool of any kind under a model page table; pages are those of object 0. Thread-safe, but for
 * putting or removing one page from two threads.
 */
public final class ZpoolStore implements AutoCloseable {
  public static final int WHOLE = 1;
  private static final int MOVED = 2;
  private static final int WRONG = 3;

  public final MemoryBudget budget;
  public final AtomicLong nanos = new AtomicLong();
  public final ModelHost host = new ModelHost();
  public final Zpool pool;
  private final AtomicLong generations = new AtomicLong();

  public ZpoolStore(ZpoolKind kind, long bytes) {
    this(kind, bytes, EvictionPolicy.SECOND_CHANCE);
  }

  public ZpoolStore(ZpoolKind kind, long bytes, EvictionPolicy eviction) {
    budget = new MemoryBudget(bytes);
    pool =
        Zpools.make(
            RamSettings.of("ram", bytes, Zpages.PAGE_BYTES).with(kind),
            eviction,
            budget,
            nanos::get);
    host.watch(pool);
  }

  /** Stores and publishes a page of this payload length; false when there is no room. */
  public boolean put(int index, int payloadBytes) {
    return put(index, payloadBytes, UpperTier.NO_BACKING, StoreIntent.PUT);
  }

  public boolean put(int index, int payloadBytes, long backing, StoreIntent intent) {
    long generation = generations.incrementAndGet();
    ByteBuffer zpage = Zpages.make(0, index, generation, payloadBytes);
    long locator = pool.store(zpage, 0, zpage.capacity(), backing, intent);
    if (locator == UpperTier.NO_SPACE) {
      return false;
    }
    host.publish(new Page(0, index), new Place(generation, locator));
    return true;
  }

  public boolean remove(int index) {
    return host.remove(new Page(0, index));
  }

  public long locator(int index) {
    return host.place(new Page(0, index)).locator();
  }

  /** Whether the page is there and whole; throws when it is there and not whole. */
  public boolean holds(int index) {
    Page page = new Page(0, index);
    while (true) {
      Place place = host.place(page);
      if (place == null) {
        return false;
      }
      int answer =
          pool.read(
              place.locator(),
              (memory, offset, available) ->
                  !place.equals(host.place(page))
                      ? MOVED
                      : isWhole(index, place, memory, offset, available) ? WHOLE : WRONG);
      if (answer == WHOLE) {
        return true;
      }
      if (answer == WRONG || place.equals(host.place(page))) {
        throw new AssertionError("page " + index + " lost, " + pool.describe(place.locator()));
      }
    }
  }

  private static boolean isWhole(
      int index, Place place, ByteBuffer memory, int offset, int available) {
    return Zpages.isWhole(memory, offset, available, 0, index, place.generation());
  }

  public void assertEveryPageIsWhole() {
    for (Page page : host.pages()) {
      if (!holds(page.index())) {
        throw new AssertionError("page " + page.index() + " is not there");
      }
    }
  }

  /** Drops the page of a shown zpage, when the zpage is alive. */
  public void drop(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (host.isLive(memory, offset, locator)) {
      remove(ZpageHeader.index(memory, offset));
    }
  }

  /** Shows the coldest region, drops what is alive in it, and settles it. */
  public long evictOnce() {
    long region = pool.showColdest(this::drop, Long.MAX_VALUE);
    if (region != UpperTier.NOTHING) {
      pool.settle(region);
    }
    return region;
  }

  public void evictAll() {
    while (evictOnce() != UpperTier.NOTHING) {
      // One region more.
    }
  }

  /** Puts pages from an index on until one is refused, and answers its index. */
  public int fill(int first, PayloadBytes payload, StoreIntent intent) {
    int index = first;
    while (put(index, payload.of(index), UpperTier.NO_BACKING, intent)) {
      index++;
    }
    return index;
  }

  /** Payload length by page. */
  @FunctionalInterface
  public interface PayloadBytes {
    int of(int index);
  }

  @Override
  public void close() {
    pool.close();
  }
}
