// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.AccessClock;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageVisitor;

/**
 * Exact order of last use in one tier: finds the zpages that were used least lately and has the
 * tier show them one by one.
 *
 * <p>A use writes one number beside the entry, so there is no list to lock on the way of a get. The
 * price is paid here: each round walks all leaves for the {@value #ROUND} oldest uses. Uses only
 * become later, so what a round found stays the oldest until it is used, and a use makes it pass.
 * Owned by the thread that reclaims the tier.
 */
final class LastUses {
  private static final int ROUND = 2048;

  private final int tier;
  private final UpperTier upper;
  private final Pools pools;
  private final AccessClock clock;

  /** The oldest uses: while they are sought a heap with the youngest of them first, then sorted. */
  private final int[] ages = new int[ROUND];

  private final Leaf[] leaves = new Leaf[ROUND];
  private final int[] slots = new int[ROUND];
  private int count;
  private int next;
  private int soughtAt;
  private int latestUse;
  private boolean choosing;

  LastUses(int tier, UpperTier upper, Pools pools, AccessClock clock) {
    this.tier = tier;
    this.upper = upper;
    this.pools = pools;
    this.clock = clock;
  }

  /** As {@link UpperTier#reclaim} for any age. */
  long reclaim(ZpageVisitor visitor) {
    boolean sought = false;
    choosing = true;
    while (true) {
      while (next < count) {
        // Looked up again: cleaning may have moved it meanwhile.
        long word = leaves[next].get(slots[next]);
        boolean oldest = isHere(word) && !wasUsed(leaves[next], slots[next]);
        long region = oldest ? upper.reclaimAt(Entry.locator(word), visitor) : UpperTier.NOTHING;
        next += region == UpperTier.CLEANED ? 0 : 1;
        if (region != UpperTier.NOTHING) {
          return region;
        }
      }
      if (sought) {
        // Nothing that can be shown: what is left, such as zpages not published yet, goes by
        // region.
        choosing = false;
        return upper.reclaim(visitor, Long.MAX_VALUE);
      }
      seek();
      sought = true;
    }
  }

  /** Whether single zpages are shown, by their last use. */
  boolean isChoosing() {
    return choosing;
  }

  /** Shows whole regions from now on. */
  void stopChoosing() {
    choosing = false;
  }

  /** Whether a shown zpage was used since it was found to be among the oldest. */
  boolean wasUsed(Leaf leaf, int slot) {
    return leaf.lastUse(slot) - latestUse > 0;
  }

  private void seek() {
    count = 0;
    next = 0;
    soughtAt = clock.now();
    for (Pool pool : pools.all()) {
      pool.table().forEachLeaf((object, firstIndex, leaf) -> seekIn(leaf));
    }
    for (Pool pool : pools.contents()) {
      pool.table().forEachLeaf((object, firstIndex, leaf) -> seekIn(leaf));
    }
    latestUse = soughtAt - (count == 0 ? 0 : ages[0]);
    sortOldestFirst();
  }

  private void seekIn(Leaf leaf) {
    for (int slot = 0; slot < Leaf.PAGES; slot++) {
      long word = leaf.get(slot);
      if (isHere(word)) {
        int age = Math.max(0, soughtAt - leaf.lastUse(slot));
        if (count < ROUND) {
          raise(count++, age, leaf, slot);
        } else if (age > ages[0]) {
          sink(ROUND, age, leaf, slot);
        }
      }
    }
  }

  private boolean isHere(long word) {
    return Entry.tier(word) == tier && (word & Entry.SHADOW) == 0;
  }

  private void raise(int from, int age, Leaf leaf, int slot) {
    int at = from;
    while (at > 0 && ages[(at - 1) / 2] > age) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    set(at, age, leaf, slot);
  }

  /** Puts a use in the place of the first of a heap of some size. */
  private void sink(int size, int age, Leaf leaf, int slot) {
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      child += child + 1 < size && ages[child + 1] < ages[child] ? 1 : 0;
      if (ages[child] >= age) {
        break;
      }
      move(child, at);
      at = child;
    }
    set(at, age, leaf, slot);
  }

  /** Takes the youngest out of the heap, again and again, and puts it behind what is left. */
  private void sortOldestFirst() {
    for (int last = count - 1; last > 0; last--) {
      int age = ages[0];
      Leaf leaf = leaves[0];
      int slot = slots[0];
      sink(last, ages[last], leaves[last], slots[last]);
      set(last, age, leaf, slot);
    }
  }

  private void move(int from, int to) {
    set(to, ages[from], leaves[from], slots[from]);
  }

  private void set(int at, int age, Leaf leaf, int slot) {
    ages[at] = age;
    leaves[at] = leaf;
    slots[at] = slot;
  }
}
