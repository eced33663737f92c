// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import org.junit.jupiter.api.Test;

/** Both tiers are full for a long time: reclaim neither spins nor gives up. */
class H36_reclaimSpinsWhenEverythingIsFull {
  private final Rig rig = new Rig(20);

  @Test
  void triesOnlyAboutOncePerSecond() {
    rig.chain.lower.behaviour = batch -> TierOutcome.FULL;
    rig.chain.putMany(0, 20 * FakeUpper.PAGES_PER_REGION);
    int steps = 0;
    for (int millis = 0; millis < 60_000; millis++) {
      rig.clock.advanceMillis(1);
      // A put that waits rings the bell every millisecond.
      rig.reclaimer.signal().ring();
      steps += Rig.run(rig.reclaimer);
      rig.runStages();
    }
    assertThat(rig.chain.lower.attempts()).isBetween(60, 80);
    assertThat(steps).isLessThan(500);
    rig.chain.assertClean();
    rig.chain.lower.behaviour = batch -> TierOutcome.STORED;
    rig.clock.advanceNanos(RetryDelay.MOST_NANOS);
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
  }

  // Forbidden: a tier that is well again, and still gets single batches after long waits.
  @Test
  void onceThereIsRoomNothingIsLeftOfTheCaution() {
    rig.chain.lower.behaviour = batch -> TierOutcome.FULL;
    rig.chain.putMany(0, 20 * FakeUpper.PAGES_PER_REGION);
    for (int second = 0; second < 60; second++) {
      rig.clock.advanceNanos(RetryDelay.MOST_NANOS);
      rig.runAll();
    }
    rig.chain.lower.behaviour = batch -> TierOutcome.STORED;
    rig.clock.advanceNanos(RetryDelay.MOST_NANOS);
    rig.runAll();
    rig.hangStages();
    rig.chain.putMany(1000, 10 * FakeUpper.PAGES_PER_REGION);
    Rig.run(rig.reclaimer);
    assertThat(rig.pipeline.inFlightBatches()).as("batches side by side").isGreaterThan(1);
    rig.chain.lower.behaviour = batch -> TierOutcome.FULL;
    rig.runStages();
    rig.runAll();
    int attempts = rig.chain.lower.attempts();
    rig.clock.advanceNanos(RetryDelay.FIRST_NANOS);
    rig.runAll();
    assertThat(rig.chain.lower.attempts()).as("tried after the first wait").isGreaterThan(attempts);
  }

  // Forbidden: pages that could go at last, and are not looked at for minutes.
  @Test
  void whatCanGoAfterALongTimeIsSeenWithinASecond() {
    Rig alone = new Rig(20, true, 0);
    int pages = 20 * FakeUpper.PAGES_PER_REGION;
    alone.chain.putMany(0, pages);
    for (int second = 0; second < 60; second++) {
      alone.clock.advanceNanos(RetryDelay.MOST_NANOS);
      Rig.run(alone.reclaimer);
    }
    for (int i = 0; i < pages; i++) {
      alone.chain.page(i).ephemeral = true;
    }
    alone.clock.advanceNanos(RetryDelay.MOST_NANOS);
    Rig.run(alone.reclaimer);
    assertThat(alone.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    alone.chain.assertClean();
  }

  @Test
  void tierWithNothingToFreeIsLookedAtEverMoreRarely() {
    Rig alone = new Rig(20, true, 0);
    alone.chain.putMany(0, 20 * FakeUpper.PAGES_PER_REGION);
    int steps = 0;
    for (int millis = 0; millis < 60_000; millis++) {
      alone.clock.advanceMillis(1);
      steps += Rig.run(alone.reclaimer);
    }
    // Some 70 runs of at most a few rounds over 20 regions.
    assertThat(steps).isPositive().isLessThan(70 * 100);
    alone.chain.assertClean();
  }
}
