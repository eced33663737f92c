// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pages that do not shrink among text pages. They are evicted by their age like the others, not
 * before them and not after.
 */
@ExtendWith(SeededRandom.class)
class H19_incompressiblePagesKeepTheirAge {
  private static final int PAGES = 1000;

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void ageDoesNotDependOnSize(ZpoolKind kind, Random random) {
    try (ZpoolStore store = new ZpoolStore(kind, 8 << 20)) {
      boolean[] hard = new boolean[PAGES];
      for (int i = 0; i < PAGES; i++) {
        hard[i] = random.nextInt(4) == 0;
        assertThat(store.put(i, hard[i] ? Zpages.PAGE_BYTES : 1100)).isTrue();
      }
      List<Integer> order = new ArrayList<>();
      while (store.pool.showColdest(
              (memory, offset, bytes, locator, backing) ->
                  order.add(ZpageHeader.index(memory, offset)),
              Long.MAX_VALUE)
          != UpperTier.NOTHING) {
        // One region more.
      }
      assertThat(order).hasSize(PAGES);
      assertThat(meanRank(order, hard, true)).isBetween(0.4, 0.6);
      assertThat(meanRank(order, hard, false)).isBetween(0.4, 0.6);
      int young = (int) order.subList(0, PAGES / 4).stream().filter(i -> i > PAGES / 2).count();
      assertThat(young).as("young pages in the first quarter").isLessThan(PAGES / 40);
    }
  }

  private static double meanRank(List<Integer> order, boolean[] hard, boolean wanted) {
    List<Integer> ranks = new ArrayList<>();
    for (int rank = 0; rank < order.size(); rank++) {
      if (hard[order.get(rank)] == wanted) {
        ranks.add(rank);
      }
    }
    return ranks.stream().mapToInt(Integer::intValue).average().orElseThrow() / order.size();
  }
}
