// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.testing.FakeLower;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import org.junit.jupiter.api.Test;

/** A tier that is full for the moment pushes back; it is called full when nothing can be gained. */
class BusyTierBelowTest {
  private final Rig rig = new Rig(20);
  private final FakeLower lower = rig.chain.lower;
  private int upkeepSteps;

  private void fill() {
    rig.chain.putMany(0, 19 * FakeUpper.PAGES_PER_REGION);
  }

  @Test
  void batchWaitsWhileCleaningGains() {
    lower.upkeep = () -> ++upkeepSteps < 20 ? 4096 : 0;
    lower.behaviour = batch -> upkeepSteps < 10 ? TierOutcome.FULL : TierOutcome.STORED;
    fill();
    rig.runAll();
    assertThat(lower.attempts()).isGreaterThan(1);
    assertThat(rig.stats().failedBatches()).isZero();
    assertThat(rig.events(EventKind.TIER_FULL)).isEmpty();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    rig.chain.assertClean();
  }

  @Test
  void isFullOnceCleaningRests() {
    lower.upkeep = () -> ++upkeepSteps < 10 ? 4096 : 0;
    lower.behaviour = batch -> TierOutcome.FULL;
    fill();
    rig.runAll();
    assertThat(upkeepSteps).isGreaterThanOrEqualTo(10);
    assertThat(rig.events(EventKind.TIER_FULL)).hasSize(1);
    assertThat(rig.events(EventKind.BATCH_REFUSED)).isNotEmpty();
    assertThat(rig.events(EventKind.BATCH_FAILED)).isEmpty();
    rig.chain.assertClean();
  }

  @Test
  void cleaningThatNeverMakesRoomDoesNotHoldABatchForEver() {
    lower.upkeep = () -> 1;
    lower.behaviour = batch -> TierOutcome.FULL;
    fill();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    long start = rig.clock.getAsLong();
    rig.runStages();
    assertThat(rig.stats().failedBatches()).isPositive();
    assertThat(rig.clock.getAsLong() - start)
        .isLessThanOrEqualTo((1 + rig.stats().failedBatches()) * BatchWriter.MOST_WAIT_NANOS);
  }

  @Test
  void closeEndsTheWait() {
    lower.upkeep =
        () -> {
          rig.pipeline.stopWaiting();
          return 1;
        };
    lower.behaviour = batch -> TierOutcome.FULL;
    fill();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.runStages();
    assertThat(lower.attempts()).isEqualTo((int) rig.stats().failedBatches());
    assertThat(rig.chain.count(Place.BELOW)).isZero();
  }
}
