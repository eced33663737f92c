// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.testing.FakePage;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReclaimerTest {
  private static final int REGION = FakeUpper.PAGES_PER_REGION;

  private final Rig rig = new Rig(20);

  @Test
  void restsBelowTheHighWatermark() {
    rig.chain.putMany(0, 18 * REGION);
    rig.runAll();
    assertThat(rig.chain.lower.attempts()).isZero();
    assertThat(rig.reclaimer.doWork()).isZero();
  }

  @Test
  void runsFromTheHighToTheLowWatermarkAndNoFurther() {
    rig.chain.putMany(0, 19 * REGION);
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    assertThat(rig.stats().reclaimRuns()).isEqualTo(1);
    // Between the watermarks it does not start again.
    rig.chain.putMany(1000, 6 * REGION);
    rig.runAll();
    assertThat(rig.stats().reclaimRuns()).isEqualTo(1);
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(16 * FakeUpper.REGION_BYTES);
    rig.chain.assertClean();
  }

  @Test
  void writesTheOldestFirstAndEachOnce() {
    rig.chain.putMany(0, 19 * REGION);
    rig.runAll();
    assertThat(rig.chain.lower.storedIds())
        .containsExactlyElementsOf(LongStream.range(0, 9 * REGION).boxed().toList());
    assertThat(rig.stats().demotedPages()).isEqualTo(9 * REGION);
    assertThat(rig.stats().writtenPages()).isEqualTo(9 * REGION);
  }

  @Test
  void tellsStartAndStopWithTheReason() {
    rig.chain.putMany(0, 19 * REGION);
    rig.runAll();
    assertThat(rig.events(EventKind.RECLAIM_START))
        .singleElement()
        .satisfies(e -> assertThat(e.text(Field.REASON)).isEqualTo("watermark"));
    assertThat(rig.events(EventKind.RECLAIM_STOP))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.text(Field.OUTCOME)).isEqualTo("reached");
              assertThat(e.number(Field.PAGES)).isEqualTo(9 * REGION);
            });
  }

  @Test
  void regionSpreadOverTwoBatchesIsSettledWithTheSecond() {
    // 3 zpages of the first region die, so 16 zpages end in the middle of the third region.
    rig.chain.putMany(0, 19 * REGION);
    for (long id = 0; id < 3; id++) {
      rig.chain.flush(id);
    }
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    assertThat(rig.pipeline.inFlightBatches()).isEqualTo(1);
    rig.runStages();
    assertThat(rig.chain.upper.settled).containsExactly(0L, 1L);
    rig.runAll();
    assertThat(rig.chain.upper.settled.subList(0, 3)).containsExactly(0L, 1L, 2L);
    rig.chain.assertClean();
  }

  @Test
  void regionWithNothingToWriteIsSettledAtOnce() {
    rig.chain.putMany(0, 19 * REGION);
    for (long id = 0; id < REGION; id++) {
      rig.chain.page(id).backed = true;
    }
    rig.reclaimer.doWork();
    assertThat(rig.chain.upper.settled).containsExactly(0L);
    assertThat(rig.stats().cleanEvictions()).isEqualTo(REGION);
    assertThat(rig.pipeline.inFlightBatches()).isZero();
  }

  @Test
  void droppedAndCleanPagesCountAsLeft() {
    rig.chain.putMany(0, 2 * REGION);
    rig.chain.page(0).ephemeral = true;
    rig.chain.page(1).backed = true;
    CompletableFuture<Long> left = rig.reclaimer.submit(WritebackRequest.everything());
    rig.runAll();
    assertThat(left).isCompletedWithValue(2L * REGION);
    assertThat(rig.stats().droppedPages()).isEqualTo(1);
    assertThat(rig.stats().cleanEvictions()).isEqualTo(1);
    assertThat(rig.chain.lower.storedIds()).doesNotContain(0L, 1L).hasSize(2 * REGION - 2);
  }

  @Test
  void everythingMeansReferencedPagesToo() {
    rig.chain.putMany(0, 3 * REGION);
    rig.chain.page(5).referenced = true;
    CompletableFuture<Long> left = rig.reclaimer.submit(WritebackRequest.everything());
    rig.runAll();
    assertThat(left).isCompletedWithValue(3L * REGION);
    assertThat(rig.chain.count(Place.ABOVE)).isZero();
  }

  @Test
  void requestEndsWhenSoManyBytesLeft() {
    rig.chain.putMany(0, 10 * REGION);
    CompletableFuture<Long> left =
        rig.reclaimer.submit(new WritebackRequest(0, 5L * FakePage.BYTES, Duration.ZERO));
    rig.runAll();
    assertThat(left).isCompletedWithValue(5L);
    rig.chain.assertClean();
  }

  @Test
  void requestWaitsUntilItsPagesAreCommitted() {
    rig.chain.putMany(0, REGION);
    CompletableFuture<Long> left = rig.reclaimer.submit(WritebackRequest.everything());
    Rig.run(rig.reclaimer);
    assertThat(left).isNotCompleted();
    rig.runAll();
    assertThat(left).isCompletedWithValue((long) REGION);
  }

  @Test
  void requestWithAnAgeLeavesYoungRegions() {
    rig.chain.putMany(0, 2 * REGION);
    rig.clock.advanceMillis(1000);
    rig.chain.putMany(100, 2 * REGION);
    CompletableFuture<Long> left =
        rig.reclaimer.submit(new WritebackRequest(0, Long.MAX_VALUE, Duration.ofMillis(500)));
    rig.runAll();
    assertThat(left).isCompletedWithValue(2L * REGION);
    assertThat(rig.chain.count(Place.ABOVE)).isEqualTo(2 * REGION);
  }

  @Test
  void requestIsServedBeforeARunThatCannotGoOn() {
    // The tier below is full: the run to the watermark waits, the request still gets its answer.
    rig.chain.lower.behaviour = batch -> TierOutcome.FULL;
    rig.chain.putMany(0, 19 * REGION);
    rig.runAll();
    CompletableFuture<Long> left = rig.reclaimer.submit(WritebackRequest.everything());
    rig.runAll();
    assertThat(left).isCompletedWithValue(0L);
    rig.chain.assertClean();
  }

  /** What was touched is not idle, also when the tier below refuses and what is clean may go. */
  @Test
  void idleRegionsAreSiftedWithoutForceWhenTheTierBelowRefuses() {
    Rig idle = new Rig(20, false, 8_000_000_000L);
    idle.chain.putMany(0, 6 * REGION);
    long hot = 5L * REGION;
    idle.chain.page(hot).ephemeral = true;
    idle.chain.page(hot).referenced = true;
    idle.chain.page(hot + 1).ephemeral = true;
    idle.chain.lower.behaviour = batch -> TierOutcome.FULL;
    idle.clock.advanceMillis(9000);
    // The first batch is refused before the last region is looked at.
    for (int i = 0; i < 3; i++) {
      idle.reclaimer.doWork();
    }
    idle.runAll();
    assertThat(idle.chain.page(hot + 1).place).isEqualTo(Place.GONE);
    assertThat(idle.chain.page(hot).place).isEqualTo(Place.ABOVE);
    assertThat(idle.chain.claimsByForce()).isZero();
  }

  @Test
  void idleRegionsGoDownWhateverTheWatermarks() {
    Rig idle = new Rig(20, false, 8_000_000_000L);
    idle.chain.putMany(0, 2 * REGION);
    idle.chain.page(3).referenced = true;
    idle.clock.advanceMillis(5000);
    idle.chain.putMany(100, REGION);
    idle.runAll();
    assertThat(idle.chain.lower.attempts()).isZero();
    idle.clock.advanceMillis(4000);
    idle.runAll();
    assertThat(idle.chain.lower.storedIds()).hasSize(2 * REGION - 1).doesNotContain(3L, 100L);
    assertThat(idle.events(EventKind.RECLAIM_START))
        .allSatisfy(e -> assertThat(e.text(Field.REASON)).isEqualTo("idle-age"));
  }

  @Test
  void partlyFilledBatchIsNotKeptBack() {
    // Second chances only, after a few zpages were taken: the batch does not fill, so time hands it
    // over.
    rig.chain.putMany(0, 19 * REGION);
    for (long id = REGION; id < 19 * REGION; id++) {
      rig.chain.page(id).alwaysReferenced = true;
    }
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    assertThat(rig.pipeline.inFlightBatches()).isZero();
    rig.clock.advanceMillis(11);
    rig.reclaimer.doWork();
    assertThat(rig.pipeline.inFlightBatches()).isEqualTo(1);
  }

  @Test
  void cleaningCountsAsWorkAndShowsNothing() {
    rig.chain.putMany(0, 19 * REGION);
    rig.chain.upper.cleanNext(1);
    assertThat(rig.reclaimer.doWork()).isEqualTo(1);
    assertThat(rig.pipeline.inFlightBatches()).isZero();
    assertThat(rig.stats().deadSkipped()).isZero();
    rig.runAll();
    rig.chain.assertClean();
  }

  @Test
  void keptPageStaysAboveAndReclaimGoesOn() {
    rig.chain.putMany(0, 19 * REGION);
    Rig.run(rig.reclaimer);
    // Read while in flight.
    rig.chain.page(70).referenced = true;
    rig.runAll();
    assertThat(rig.stats().keptPages()).isEqualTo(1);
    assertThat(rig.chain.page(70).place).isEqualTo(Place.ABOVE);
    assertThat(rig.chain.page(70).backed).isTrue();
    rig.chain.assertClean();
  }

  @Test
  void fullRingStopsTheWalkInBoundedTime() {
    rig.hangStages();
    rig.chain.putMany(0, 200 * REGION);
    Rig.run(rig.reclaimer);
    // 3 batches are in flight, the fourth is open and full; nothing was claimed beyond it.
    assertThat(rig.chain.count(Place.SHADOW)).isEqualTo(Rig.RING_SLOTS * Rig.BATCH_PAGES);
    assertThat(rig.reclaimer.doWork()).isZero();
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    rig.chain.assertClean();
  }

  @Test
  void closeHandsOverWhatWasCollectedAndTakesNoMore() {
    rig.chain.putMany(0, 19 * REGION);
    rig.reclaimer.doWork();
    CompletableFuture<Long> left = rig.reclaimer.submit(WritebackRequest.everything());
    rig.reclaimer.close();
    Rig.run(rig.reclaimer);
    rig.reclaimer.onClose();
    rig.runStages();
    rig.reclaimer.endRuns();
    assertThat(rig.chain.lower.storedIds()).hasSize(REGION);
    assertThat(left).isCompletedWithValue(0L);
    assertThat(rig.reclaimer.submit(WritebackRequest.everything())).isCompletedWithValue(0L);
    rig.chain.assertClean();
  }

  @Test
  void brokenClaimLeavesTheRestOfTheRegionAndIsReportedOnce() {
    rig.chain.putMany(0, 19 * REGION);
    rig.chain.page(4).brokenClaim = true;
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.chain.page(4).brokenClaim = false;
    rig.runAll();
    assertThat(rig.events(EventKind.ERROR)).hasSize(1);
    rig.chain.assertClean();
    assertThat(rig.chain.upper.usedBytes()).isLessThanOrEqualTo(11 * FakeUpper.REGION_BYTES);
  }

  @Test
  void onlyTierDropsEphemeralPagesBehindThoseThatMustStay() {
    Rig alone = new Rig(20, true, 0);
    alone.chain.putMany(0, 19 * REGION);
    for (long id = 8 * REGION; id < 19 * REGION; id++) {
      alone.chain.page(id).ephemeral = true;
    }
    alone.runAll();
    assertThat(alone.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    assertThat(alone.stats().droppedPages()).isEqualTo(9 * REGION);
    assertThat(alone.chain.count(Place.ABOVE)).isEqualTo(10 * REGION);
    alone.chain.assertClean();
  }

  @Test
  void onlyTierComesToRestWhenNothingMayGo() {
    Rig alone = new Rig(20, true, 0);
    alone.chain.putMany(0, 19 * REGION);
    alone.runAll();
    // Rings of waiting puts do not make it spin: while it holds off, a step does nothing.
    for (int i = 0; i < 100; i++) {
      assertThat(alone.reclaimer.doWork()).isZero();
    }
    assertThat(alone.chain.count(Place.ABOVE)).isEqualTo(19 * REGION);
    alone.chain.assertClean();
  }

  /** Pages that must stay say nothing about how hot the others are. */
  @Test
  void onlyTierDropsHotPagesInTheEndThoughMostPagesMustStay() {
    Rig alone = new Rig(20, true, 0);
    alone.chain.putMany(0, 19 * REGION);
    for (long id = 0; id < 19 * REGION; id += REGION) {
      alone.chain.page(id).ephemeral = true;
      alone.chain.page(id).alwaysReferenced = true;
    }
    alone.runAll();
    assertThat(alone.chain.claimsByForce()).isPositive();
    assertThat(alone.stats().droppedPages()).isPositive();
    assertThat(alone.stats().deadSkipped()).isZero();
    alone.chain.assertClean();
  }

  @Test
  void regionsOfMixedKindCountAsFreeOnlyOnce() {
    // Half of each region may be dropped: dropping on until whole regions are free would drop all.
    Rig alone = new Rig(20, true, 0);
    alone.chain.putMany(0, 19 * REGION);
    for (long id = 0; id < 19 * REGION; id += 2) {
      alone.chain.page(id).ephemeral = true;
    }
    alone.runAll();
    assertThat(alone.stats().droppedPages()).isBetween(9L * REGION, 19L * REGION / 2);
    alone.chain.assertClean();
  }
}
