// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.testing.FakeLower;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** What writeback does with a tier below that has a write budget. */
class WriteRateTest {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final Rig rig = new Rig(40);
  private final FakeLower lower = rig.chain.lower;

  private void limit(long bytesPerSecond, long bytesPerDay) {
    lower.budget =
        new WriteBudget(
            "file",
            bytesPerSecond,
            bytesPerDay,
            rig.clock,
            InstantSource.fixed(Instant.parse("2026-03-01T06:00:00Z")));
    lower.behaviour = this::store;
  }

  private TierOutcome store(ZpageBatch batch) {
    boolean taken = lower.budget.tryTake(batch.bytes());
    lower.state = taken ? TierState.OPEN : TierState.OVER_BUDGET;
    return taken ? TierOutcome.STORED : TierOutcome.OVER_BUDGET;
  }

  private void fill() {
    rig.chain.putMany(0, 39 * FakeUpper.PAGES_PER_REGION);
  }

  @Test
  void batchesWaitForTheBytesOfTheSecondAndAllArrive() {
    limit(Rig.BATCH_BYTES, WriteBudget.NO_LIMIT);
    fill();
    long start = rig.clock.getAsLong();
    rig.runAll();
    long batches = rig.stats().batches();
    assertThat(batches).isGreaterThan(5);
    assertThat(rig.stats().failedBatches()).isZero();
    assertThat(rig.clock.getAsLong() - start)
        .isBetween((batches - 2) * SECOND_NANOS, batches * SECOND_NANOS);
    assertThat(lower.storedIds()).isSorted();
    rig.chain.assertClean();
  }

  @Test
  void closeEndsTheWait() {
    limit(1, WriteBudget.NO_LIMIT);
    fill();
    for (int i = 0; i < 20; i++) {
      rig.reclaimer.doWork();
    }
    rig.pipeline.stopWaiting();
    long start = rig.clock.getAsLong();
    rig.runStages();
    assertThat(rig.clock.getAsLong()).isEqualTo(start);
    assertThat(rig.chain.count(Place.SHADOW)).isZero();
  }

  @Test
  void aBudgetThatIsUsedUpIsToldOnceAndPagesStayAbove() {
    limit(WriteBudget.NO_LIMIT, 3L * Rig.BATCH_BYTES);
    fill();
    rig.runAll();
    assertThat(lower.storedIds()).hasSize(3 * Rig.BATCH_PAGES);
    assertThat(rig.events(EventKind.BUDGET_USED_UP)).hasSize(1);
    assertThat(rig.events(EventKind.BATCH_REFUSED))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.text(Field.REASON)).isEqualTo("OVER_BUDGET"));
    assertThat(rig.events(EventKind.TIER_READ_ONLY)).isEmpty();
    rig.chain.assertClean();
  }
}
