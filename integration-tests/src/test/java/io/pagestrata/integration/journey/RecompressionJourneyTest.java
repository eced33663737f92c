// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.integration.support.Chains;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Zpages get denser on their way down and at rest, and every page comes back as it was put. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecompressionJourneyTest {
  private static final int PAGES = 900;
  private static final long BREAK_NANOS = 5_000_000;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);

  private Pool fill(SmallStore small) {
    Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    for (int i = 0; i < PAGES; i++) {
      assertThat(small.store().put(pool, 0, i, pages.page(i), 0)).isEqualTo(PutOutcome.STORED);
    }
    return pool;
  }

  private void assertAll(SmallStore small, Pool pool) {
    for (int i = 0; i < PAGES; i++) {
      assertThat(PageBuffers.HEAP.get(small.store(), pool, 0, i, small.pageBytes()))
          .as("page %d", i)
          .isEqualTo(pages.page(i));
    }
    assertThat(small.check()).isEqualTo(PAGES);
  }

  private static RecompressionStats recompression(SmallStore small) {
    return small.store().stats().writeback().recompression();
  }

  @ParameterizedTest
  @EnumSource(names = {"RAM_FILE_DENSER", "RAM_DENSE_FILE", "RAM_DENSE_DENSEST"})
  void zpagesAreDenserBelow(Chains chain) throws InterruptedException {
    try (SmallStore small = chain.options().open(directory)) {
      Pool pool = fill(small);
      long decompressions = small.store().stats().decompressions();
      small.store().writeBack(WritebackRequest.everything());
      TierStats below = small.store().stats().tiers().get(1);
      RecompressionStats done = recompression(small);
      assertThat(done.zpages()).isPositive();
      assertThat(done.toBytes()).isLessThan(done.fromBytes());
      assertThat(done.damaged()).isZero();
      assertThat(below.zpages()).isPositive();
      assertThat(small.store().stats().decompressions()).isEqualTo(decompressions);
      assertAll(small, pool);
      small.sink();
      assertAll(small, pool);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RAM_FILE", "RAM_RAM_FILE"})
  void withoutADenserCodecNothingIsTouched(Chains chain) throws InterruptedException {
    try (SmallStore small = chain.options().open(directory)) {
      Pool pool = fill(small);
      small.sink();
      assertThat(recompression(small)).isEqualTo(RecompressionStats.ZERO);
      assertThat(small.store().stats().decompressions()).isZero();
      assertAll(small, pool);
    }
  }

  @Test
  void coldZpagesGetDenserWhereTheyRest() {
    try (SmallStore small =
        SmallStore.options()
            .ramBytes(16 << 20)
            .recompress(0, "zstd-1")
            .coldAge(Duration.ofMillis(5))
            .open(directory)) {
      Pool pool = fill(small);
      long before = small.store().stats().tiers().get(0).zpageBytes();
      while (recompression(small).zpages() + recompression(small).marked() < PAGES / 2) {
        LockSupport.parkNanos(BREAK_NANOS);
      }
      assertAll(small, pool);
      assertThat(small.store().stats().tiers().get(0).zpageBytes()).isLessThan(before);
      assertThat(small.store().stats().writeback().writtenPages()).isZero();
    }
  }
}
