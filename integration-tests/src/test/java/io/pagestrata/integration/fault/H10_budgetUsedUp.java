// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The day's bytes are written: the store works in RAM alone. Puts that find no room are refused in
 * bounded time with an outcome of their own, no page is lost, the limit holds to the byte, and the
 * next day brings writeback again.
 */
class H10_budgetUsedUp {
  private static final long DAY_BYTES = (3 << 20) + 12_345;
  private static final int MOST_PAGES = 100_000;

  @TempDir private Path directory;
  private final AtomicReference<Instant> wall =
      new AtomicReference<>(Instant.parse("2026-03-01T06:00:00Z"));
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theStoreGoesOnInRamAndWritesAgainTomorrow() {
    WriteBudget budget =
        new WriteBudget("file", WriteBudget.NO_LIMIT, DAY_BYTES, System::nanoTime, wall::get);
    try (SmallStore small =
        SmallStore.options().budget(budget).putWait(Duration.ofMillis(300)).open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      int stored = fillUntil(small, pool, PutOutcome.REFUSED_BUDGET);
      StoreStats stats = small.store().stats();
      assertThat(stats.policies().putsRefusedBudget()).isEqualTo(1);
      assertThat(stats.putsRefusedFull()).isZero();
      assertThat(stats.tiers().get(1).state()).isEqualTo(TierState.OVER_BUDGET);
      assertThat(stats.tiers().get(1).writtenBytes()).isBetween(1L, DAY_BYTES);
      assertThat(stats.policies().budgets().get(0).usedTodayBytes())
          .isEqualTo(stats.tiers().get(1).writtenBytes());
      for (int i = 0; i < stored; i++) {
        assertThat(PageBuffers.DIRECT.get(small.store(), pool, 0, i, SmallStore.PAGE_BYTES))
            .as("page %d of %d", i, stored)
            .isEqualTo(pages.page(i));
      }
      assertThat(small.check()).isEqualTo(stored);

      wall.set(wall.get().plus(Duration.ofDays(1)));
      int more = stored + 200;
      for (int i = stored; i < more; i++) {
        assertThat(putPatiently(small, pool, i)).as("put %d", i).isEqualTo(PutOutcome.STORED);
      }
      assertThat(small.check()).isEqualTo(more);
    }
  }

  private int fillUntil(SmallStore small, Pool pool, PutOutcome refusal) {
    for (int i = 0; i < MOST_PAGES; i++) {
      PutOutcome outcome = small.store().put(pool, 0, i, pages.page(i), 0);
      if (outcome != PutOutcome.STORED) {
        assertThat(outcome).isEqualTo(refusal);
        return i;
      }
    }
    throw new AssertionError("the budget never ended");
  }

  /** Writeback that was refused tries again within a second. */
  private PutOutcome putPatiently(SmallStore small, Pool pool, int index) {
    PutOutcome outcome = PutOutcome.REFUSED_BUDGET;
    for (int i = 0; i < 20 && outcome != PutOutcome.STORED; i++) {
      outcome = small.store().put(pool, 0, index, pages.page(index), 0);
    }
    return outcome;
  }
}
