// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which pages stay in RAM, by policy, in a whole store that writes back by itself. */
class EvictionOrderTest {
  private static final int PAGES = 6000;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);

  private void put(SmallStore small, Pool pool, int index) {
    assertThat(small.store().put(pool, 0, index, pages.page(index), 0).isStored()).isTrue();
  }

  private void get(SmallStore small, Pool pool, int index) {
    byte[] found = PageBuffers.HEAP.get(small.store(), pool, 0, index, SmallStore.PAGE_BYTES);
    assertThat(found).isEqualTo(pages.page(index));
  }

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void exactOrderEvictsWhatWasUsedLeastLately(ZpoolKind zpool) {
    try (SmallStore small =
        SmallStore.options().zpool(zpool).eviction(Eviction.LRU).open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      long[] lastUses = new long[PAGES];
      long use = 0;
      int first = 800;
      for (int i = 0; i < first; i++) {
        put(small, pool, i);
        lastUses[i] = ++use;
      }
      Random random = new Random(5);
      for (int i = 0; i < first; i++) {
        int again = random.nextInt(first);
        get(small, pool, again);
        lastUses[again] = ++use;
      }
      assertThat(small.store().stats().writeback().writtenPages()).as("no eviction yet").isZero();
      for (int i = first; i < PAGES; i++) {
        put(small, pool, i);
        lastUses[i] = ++use;
      }
      assertThat(small.check()).isEqualTo(PAGES);
      long[] bounds = {0, Long.MAX_VALUE};
      small
          .store()
          .inspect(
              (owner, object, index, place) -> {
                if (place.tier() > 0) {
                  bounds[0] = Math.max(bounds[0], lastUses[index]);
                } else if (place.tier() == 0) {
                  bounds[1] = Math.min(bounds[1], lastUses[index]);
                }
              });
      assertThat(bounds[0]).as("last use of any page below").isPositive().isLessThan(bounds[1]);
    }
  }

  /** Share of the gets served from RAM. */
  private static double hits(SmallStore small, StoreStats before) {
    StoreStats now = small.store().stats();
    double gets = now.gets() - before.gets();
    return (now.hitsByTier().get(0) - before.hitsByTier().get(0)) / gets;
  }

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void aLoopLargerThanRamIsServedAsFarAsItFits(ZpoolKind zpool) {
    try (SmallStore small = SmallStore.options().zpool(zpool).open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      int loop = 3000;
      for (int i = 0; i < loop; i++) {
        put(small, pool, i);
      }
      StoreStats before = small.store().stats();
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < loop; i++) {
          get(small, pool, i);
        }
      }
      // Exact LRU has none.
      assertThat(hits(small, before)).as("hits of %s", zpool).isGreaterThan(0.2);
      small.check();
    }
  }

  @Test
  void theShareOfKeptPagesFollowsTheAccesses() {
    try (SmallStore small = SmallStore.options().open(directory)) {
      Pool pool = small.store().createPool("cache", PoolKind.PERSISTENT);
      double atFirst = small.store().stats().policies().keptShare();
      int hot = 1200;
      for (int i = 0; i < hot; i++) {
        put(small, pool, i);
      }
      Random random = new Random(3);
      double[] shares = new double[40];
      for (int round = 0; round < shares.length; round++) {
        for (int i = 0; i < 600; i++) {
          put(small, pool, 10_000 + (round * 600 + i) % 12_000);
          get(small, pool, random.nextInt(hot));
        }
        shares[round] = small.store().stats().policies().keptShare();
      }
      assertThat(Arrays.stream(shares).max().orElseThrow()).isGreaterThan(atFirst);
      small.check();
    }
  }
}
