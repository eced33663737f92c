// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.ages;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;

/**
 * The regions in the order of their ages, coldest first.
 *
 * <p>Three lists: regions that were shown and left something, which come first again; old ones;
 * young ones. With one line of ages, where old and young meet is the age at which kept zpages
 * rejoin, and regions cross it one by one so that the old list keeps its share. With two lines, the
 * young list is that of the new ones and the old list that of the kept ones. Not thread-safe:
 * guarded by a lock of the pool.
 */
public final class RegionAges {
  private static final int SHOWN_BEFORE = 0;
  private static final int OLD = 1;
  private static final int YOUNG = 2;
  private static final int KEPT = OLD;
  private static final int NEW = YOUNG;
  private static final int LISTS = 3;

  /** A region touched late keeps those behind it from being found by age; these many are passed. */
  private static final int MOST_PASSED = 64;

  private final EvictionPolicy eviction;
  private final Links links;
  private final byte[] lists;
  private final long[] filledNanos;
  private final int[] counts = new int[LISTS];

  /**
   * Makes an empty order.
   *
   * @param regions numbers from 0 that may be in it
   * @param eviction where regions join and which list shows the next one
   */
  public RegionAges(int regions, EvictionPolicy eviction) {
    this.eviction = eviction;
    links = new Links(regions, LISTS);
    lists = new byte[regions];
    filledNanos = new long[regions];
  }

  /**
   * Adds a region at the age of a zpage.
   *
   * @param region not in the order
   * @param intent why the zpage was stored
   * @param nanos when it was stored
   */
  public void add(int region, StoreIntent intent, long nanos) {
    filledNanos[region] = nanos;
    int list = eviction.isKept(intent) ? KEPT : NEW;
    links.addLast(list, region);
    joined(region, list);
    balance();
  }

  /**
   * Puts a shown region back, coldest again, beside others of its kind in the order of time.
   *
   * @param region not in the order, but before
   */
  public void putBack(int region) {
    int first = links.first(SHOWN_BEFORE);
    if (first != Links.NONE && filledNanos[region] <= filledNanos[first]) {
      links.addFirst(SHOWN_BEFORE, region);
    } else {
      links.addLast(SHOWN_BEFORE, region);
    }
    joined(region, SHOWN_BEFORE);
  }

  /**
   * Takes a region out of the order.
   *
   * @param region in it
   */
  public void remove(int region) {
    links.remove(region);
    counts[lists[region]]--;
    balance();
  }

  /**
   * Notes that something was stored in a region, which keeps its place.
   *
   * @param region in the order
   * @param nanos now
   */
  public void touch(int region, long nanos) {
    filledNanos[region] = nanos;
  }

  private void joined(int region, int list) {
    lists[region] = (byte) list;
    counts[list]++;
  }

  /** Changes of one region need a step or two. */
  private void balance() {
    if (eviction.keepsTwoLines()) {
      return;
    }
    int old = (int) (eviction.rejoinAge() * (counts[OLD] + counts[YOUNG]));
    while (counts[OLD] < old) {
      int region = links.first(YOUNG);
      links.remove(region);
      counts[YOUNG]--;
      links.addLast(OLD, region);
      joined(region, OLD);
    }
    while (counts[OLD] > old + 1) {
      int region = links.last(OLD);
      links.remove(region);
      counts[OLD]--;
      links.addFirst(YOUNG, region);
      joined(region, YOUNG);
    }
  }

  /**
   * The coldest region that is old enough.
   *
   * @param untouchedSinceNanos it was filled before this time; {@link Long#MAX_VALUE} for any
   * @return a region that stays in the order, or {@link Links#NONE}
   */
  public int coldest(long untouchedSinceNanos) {
    boolean newFirst =
        counts[NEW] > 0
            && counts[KEPT] > 0
            && eviction.keepsTwoLines()
            && !eviction.showsKept(counts[NEW], counts[KEPT]);
    int passed = 0;
    for (int i = SHOWN_BEFORE; i < LISTS; i++) {
      int list = i != SHOWN_BEFORE && newFirst ? LISTS - i : i;
      for (int region = links.first(list);
          region != Links.NONE && passed < MOST_PASSED;
          region = links.after(region)) {
        if (untouchedSinceNanos == Long.MAX_VALUE
            || filledNanos[region] - untouchedSinceNanos < 0) {
          return region;
        }
        passed++;
      }
    }
    return Links.NONE;
  }
}
