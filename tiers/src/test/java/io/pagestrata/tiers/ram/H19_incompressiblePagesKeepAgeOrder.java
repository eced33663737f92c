// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random pages, which do not shrink, among text pages. What is evicted must come in the order in
 * which it was stored, whatever its size, and cleaning in between must not turn old into young.
 */
class H19_incompressiblePagesKeepAgeOrder {
  private static final int BLOCKS = 256;
  private static final int PAGES = 1000;

  @Test
  void evictionFollowsAgeWhateverTheSize() {
    try (RamTestStore store = RamTestStore.ofBlocks(BLOCKS)) {
      SplittableRandom random = new SplittableRandom(19);
      for (long object = 0; object < PAGES; object++) {
        assertThat(store.put(object, random.nextBoolean() ? 4096 : 300)).isTrue();
      }
      List<Long> evicted = evictAll(store);
      assertThat(evicted).hasSize(PAGES).isSorted();
    }
  }

  @Test
  void cleaningKeepsTheOldOldAndTheYoungYoung() {
    try (RamTestStore store = RamTestStore.ofBlocks(BLOCKS)) {
      SplittableRandom random = new SplittableRandom(191);
      for (long object = 0; object < PAGES; object++) {
        assertThat(store.put(object, random.nextBoolean() ? 2500 : 300)).isTrue();
      }
      for (long object = 0; object < PAGES; object++) {
        if (random.nextInt(5) < 2) {
          store.remove(object);
        }
      }
      List<Long> left = new ArrayList<>(store.table.keySet());
      List<Long> evicted = evictAll(store);
      assertThat(store.tier.stats().cleanedZpages()).isPositive();
      assertThat(evicted).doesNotHaveDuplicates().hasSameElementsAs(left);
      // Survivors of about one age share a block, so order is kept but for a band of neighbours.
      for (int i = 0; i < evicted.size(); i++) {
        double rank = (double) i / evicted.size();
        double age = (double) evicted.get(i) / PAGES;
        assertThat(Math.abs(age - rank))
            .as("object %d came as %d", evicted.get(i), i)
            .isLessThan(0.3);
      }
    }
  }

  private static List<Long> evictAll(RamTestStore store) {
    List<Long> evicted = new ArrayList<>();
    while (store.tier.reclaim(
            (memory, offset, bytes, locator, backing) -> {
              long object = ZpageHeader.object(memory, offset);
              if (store.isLive(memory, offset, locator)) {
                evicted.add(object);
              }
              store.drop(memory, offset, bytes, locator, backing);
            },
            Long.MAX_VALUE)
        != UpperTier.NOTHING) {}
    return evicted;
  }
}
