// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.zpool.Zpool;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * A page table of the plainest kind, for tests of one tier or zpool: a concurrent map from page to
 * place. Thread-safe; every change is one atomic step of the map, as it is one compare-and-set in a
 * store.
 */
public final class ModelHost implements TierHost {
  /** Page of pool-less tests. */
  public record Page(long object, int index) {}

  /** Where a page rests. */
  public record Place(long generation, long locator) {}

  private final Map<Page, Place> places = new ConcurrentHashMap<>();
  private final Set<Page> backingCopies = ConcurrentHashMap.newKeySet();
  private final AtomicLong pressures = new AtomicLong();
  private final AtomicLong relocations = new AtomicLong();
  private LongConsumer freeing;

  public void watch(Tier watched) {
    freeing = watched::free;
    watched.attach(this);
  }

  public void watch(Zpool watched) {
    freeing = watched::free;
    watched.attach(this);
  }

  /** Publishes a stored zpage and frees the one it replaces. */
  public void publish(Page page, Place place) {
    Place before = places.put(page, place);
    if (before != null) {
      freeing.accept(before.locator());
    }
  }

  /** Removes a page; whoever takes the place out frees it. */
  public boolean remove(Page page) {
    Place before = places.remove(page);
    if (before != null) {
      freeing.accept(before.locator());
    }
    return before != null;
  }

  /** Says that the page rests higher up too, so that cleaning gives this copy up. */
  public void markBacking(Page page) {
    backingCopies.add(page);
  }

  public Place place(Page page) {
    return places.get(page);
  }

  public Set<Page> pages() {
    return Set.copyOf(places.keySet());
  }

  public long pressures() {
    return pressures.get();
  }

  public long relocations() {
    return relocations.get();
  }

  @Override
  public boolean isLive(ByteBuffer memory, int offset, long locator) {
    Page page = page(memory, offset);
    Place here = new Place(ZpageHeader.generation(memory, offset), locator);
    if (!here.equals(places.get(page))) {
      return false;
    }
    if (!backingCopies.contains(page)) {
      return true;
    }
    if (places.remove(page, here)) {
      freeing.accept(locator);
    }
    return false;
  }

  @Override
  public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
    long generation = ZpageHeader.generation(memory, offset);
    boolean moved =
        places.replace(
            page(memory, offset), new Place(generation, from), new Place(generation, to));
    if (moved) {
      relocations.incrementAndGet();
    }
    return moved;
  }

  private static Page page(ByteBuffer memory, int offset) {
    return new Page(ZpageHeader.object(memory, offset), ZpageHeader.index(memory, offset));
  }

  @Override
  public void underPressure() {
    pressures.incrementAndGet();
  }

  @Override
  public void spaceFreed() {
    // Nobody waits here.
  }
}
