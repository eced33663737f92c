// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.testing;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageVisitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * An upper tier of regions that hold a fixed number of zpages; a region is freed when it is settled
 * and empty. Locator = region * 1000 + place. Breaches of the port are noted, not thrown.
 */
public final class FakeUpper extends FakeTier implements UpperTier {
  public static final int PAGES_PER_REGION = 8;
  public static final long REGION_BYTES = (long) PAGES_PER_REGION * FakePage.BYTES;

  private static final class Region {
    final FakePage[] pages = new FakePage[PAGES_PER_REGION];
    int appended;
    long filledNanos;
    boolean shown;

    boolean isEmpty() {
      for (FakePage page : pages) {
        if (page != null) {
          return false;
        }
      }
      return true;
    }
  }

  private final LongSupplier nanoClock;
  private final TreeMap<Long, Region> regions = new TreeMap<>();
  public final List<String> violations = new ArrayList<>();
  public final List<Long> settled = new ArrayList<>();
  private long nextRegion;
  private int cleanings;
  private volatile long limitBytes;
  private Runnable beforeSettle = () -> {};
  private FakeChain chain;

  FakeUpper(LongSupplier nanoClock, long limitBytes) {
    super("ram");
    this.nanoClock = nanoClock;
    this.limitBytes = limitBytes;
  }

  void chain(FakeChain owner) {
    chain = owner;
  }

  synchronized void append(FakePage page) {
    Region region = regions.isEmpty() ? null : regions.lastEntry().getValue();
    if (region == null || region.appended == PAGES_PER_REGION || region.shown) {
      region = new Region();
      regions.put(nextRegion++, region);
    }
    page.locator = (nextRegion - 1) * 1000 + region.appended;
    region.pages[region.appended++] = page;
    region.filledNanos = nanoClock.getAsLong();
  }

  @Override
  public synchronized void free(long locator) {
    Region region = regions.get(locator / 1000);
    int slot = (int) (locator % 1000);
    if (region == null || region.pages[slot] == null) {
      violations.add("freed twice: " + locator);
      return;
    }
    region.pages[slot] = null;
    dropIfEmpty(locator / 1000, region);
  }

  private void dropIfEmpty(long number, Region region) {
    if (!region.shown && region.appended == PAGES_PER_REGION && region.isEmpty()) {
      regions.remove(number);
    }
  }

  /** Makes the next calls of reclaim clean instead of show. */
  public synchronized void cleanNext(int times) {
    cleanings = times;
  }

  /** Runs in every settle, to break it. */
  public void beforeSettle(Runnable action) {
    beforeSettle = action;
  }

  @Override
  public long reclaim(ZpageVisitor visitor, long untouchedSinceNanos) {
    Region shown = null;
    long number = NOTHING;
    synchronized (this) {
      if (cleanings > 0) {
        cleanings--;
        return CLEANED;
      }
      for (var entry : regions.entrySet()) {
        Region region = entry.getValue();
        if (!region.shown && region.filledNanos < untouchedSinceNanos) {
          shown = region;
          number = entry.getKey();
          region.shown = true;
          break;
        }
      }
    }
    if (shown != null) {
      for (FakePage page : shown.pages.clone()) {
        if (page != null) {
          visitor.visit(page.zpage, 0, FakePage.BYTES, page.locator, page.backed ? 7 : NO_BACKING);
        }
      }
    }
    return number;
  }

  @Override
  public void settle(long number) {
    beforeSettle.run();
    // Before the own lock is taken: the chain locks itself first, then this tier.
    boolean inFlight = chain.hasShadowIn(number);
    synchronized (this) {
      Region region = regions.get(number);
      if (region == null || !region.shown) {
        violations.add("settled but not shown: " + number);
        return;
      }
      if (inFlight) {
        violations.add("settled with a shadow in flight: " + number);
      }
      region.shown = false;
      settled.add(number);
      region.appended = PAGES_PER_REGION;
      dropIfEmpty(number, region);
    }
  }

  public synchronized boolean hasShownRegion() {
    return regions.values().stream().anyMatch(region -> region.shown);
  }

  @Override
  public synchronized long usedBytes() {
    return regions.size() * REGION_BYTES;
  }

  @Override
  public long limitBytes() {
    return limitBytes;
  }

  @Override
  public TierOutcome store(ZpageBatch batch) {
    return TierOutcome.FULL;
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    return NO_SPACE;
  }

  @Override
  public long backing(long locator) {
    return NO_BACKING;
  }

  @Override
  public long maintain() {
    return 0;
  }

  @Override
  public TierStats stats() {
    return new TierStats(
        name(), TierState.OPEN, 0, 0, usedBytes(), limitBytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
