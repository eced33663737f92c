// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.movement.ReclaimNeed;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.testing.FakePage;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Runs that are after some zpages only: of one tenant, of one kind, or so many of them. */
class AimedRunsTest {
  private static final int REGION = FakeUpper.PAGES_PER_REGION;
  private static final long REGION_BYTES = FakeUpper.REGION_BYTES;

  private final Rig rig = new Rig(20);

  /** Every third page is of tenant a. */
  private void fill(int regions) {
    rig.chain.putMany(0, regions * REGION);
    for (long id = 0; id < (long) regions * REGION; id += 3) {
      rig.chain.page(id).tenant = "a";
    }
  }

  private static List<Long> everyThird(int count) {
    return LongStream.range(0, count).map(i -> 3 * i).boxed().toList();
  }

  private static ReclaimNeed need(int pages) {
    return new ReclaimNeed(
        ReclaimAim.ofTenant("a"), (long) pages * FakePage.BYTES, 100L * FakePage.BYTES);
  }

  private List<String> reasons() {
    return rig.events(EventKind.RECLAIM_STOP).stream()
        .map(event -> event.text(Field.REASON))
        .toList();
  }

  @Test
  void aTenantOverItsLimitGivesUpItsOwnOldestPagesAlone() {
    fill(10);
    rig.chain.needs = List.of(need(5));
    rig.reclaimer.doWork();
    rig.chain.needs = List.of();
    rig.runAll();
    assertThat(rig.chain.lower.storedIds()).isEqualTo(everyThird(5));
    assertThat(reasons()).containsExactly("tenant-limit");
    rig.chain.assertClean();
  }

  @Test
  void aTenantWhosePagesCannotGoHoldsUpNeitherTheWatermarkNorAnotherTenant() {
    fill(19);
    rig.chain.needs = List.of(new ReclaimNeed(ReclaimAim.ofTenant("nobody"), 1000, 1000), need(3));
    for (int i = 0; i < 400; i++) {
      rig.reclaimer.doWork();
      rig.runStages();
    }
    assertThat(reasons()).contains("tenant-limit", "watermark");
    assertThat(rig.chain.upper.usedBytes()).isLessThan(19 * REGION_BYTES);
    assertThat(rig.chain.lower.storedIds()).contains(0L, 3L, 6L);
    rig.chain.needs = List.of();
    rig.runAll();
    rig.chain.assertClean();
  }

  @Test
  void whileNothingCanBeWrittenANeedTakesWhatIsCleanAndNeverBlocksOtherRuns() {
    fill(19);
    rig.chain.page(0).backed = true;
    rig.chain.page(1).ephemeral = true;
    rig.chain.lower.behaviour = batch -> TierOutcome.READ_ONLY;
    rig.chain.needs = List.of(need(50));
    for (int i = 0; i < 2000; i++) {
      rig.reclaimer.doWork();
      rig.runStages();
      rig.clock.advanceNanos(100_000);
    }
    assertThat(rig.chain.page(0).place).isEqualTo(Place.BELOW);
    assertThat(rig.chain.page(1).place).as("sifted for everybody").isEqualTo(Place.GONE);
    rig.chain.needs = List.of();
    rig.chain.lower.behaviour = batch -> TierOutcome.STORED;
    rig.clock.advanceMillis(2000);
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isLessThanOrEqualTo(10 * REGION_BYTES);
    rig.chain.assertClean();
  }

  @Test
  void whatGoesFirstGoesBeforeTheRunToTheWatermark() {
    fill(19);
    rig.chain.firstToGo = need(20);
    rig.reclaimer.doWork();
    rig.chain.firstToGo = null;
    rig.runAll();
    assertThat(rig.chain.lower.storedIds().subList(0, 20)).isEqualTo(everyThird(20));
    assertThat(reasons()).startsWith("incompressible").contains("watermark");
    rig.chain.assertClean();
  }

  @Test
  void aRequestForOneTenantTakesAllOfItAndNothingElse() {
    fill(10);
    CompletableFuture<Long> left =
        rig.reclaimer.submit(WritebackRequest.everything().ofTenant("a"));
    rig.runAll();
    assertThat(left).isCompletedWithValue(27L);
    assertThat(rig.chain.lower.storedIds()).isEqualTo(everyThird(27));
    rig.chain.assertClean();
  }

  /** Batches of the run that it pushes aside are on their way, but are not its own. */
  @Test
  void aRequestIsNotMetByTheBatchesOfTheRunBeforeIt() {
    rig.chain.putMany(0, 19 * REGION);
    long youngest = 18L * REGION;
    for (long id = youngest; id < youngest + REGION; id++) {
      rig.chain.page(id).tenant = "a";
    }
    for (int i = 0; i < 5; i++) {
      rig.reclaimer.doWork();
    }
    assertThat(rig.pipeline.inFlightBytes()).isPositive();
    WritebackRequest four = new WritebackRequest(0, 4L * FakePage.BYTES, Duration.ZERO);
    CompletableFuture<Long> left = rig.reclaimer.submit(four.ofTenant("a"));
    rig.runAll();
    assertThat(left).isCompletedWithValue(4L);
    assertThat(rig.chain.lower.storedIds())
        .filteredOn(id -> id >= youngest)
        .containsExactly(youngest, youngest + 1, youngest + 2, youngest + 3);
    assertThat(reasons()).containsExactly("watermark", "request");
    rig.chain.assertClean();
  }

  /** Nor do their failures end it. */
  @Test
  void aRequestIsNotEndedByAFailureOfTheRunBeforeIt() {
    fill(19);
    for (int i = 0; i < 5; i++) {
      rig.reclaimer.doWork();
    }
    long before = rig.pipeline.inFlightBatches();
    assertThat(before).isPositive();
    rig.chain.lower.behaviour =
        batch -> rig.chain.lower.attempts() > 1 ? TierOutcome.STORED : TierOutcome.FULL;
    CompletableFuture<Long> left =
        rig.reclaimer.submit(WritebackRequest.everything().ofTenant("a"));
    rig.reclaimer.doWork();
    rig.runAll();
    assertThat(left).isDone();
    assertThat(rig.events(EventKind.RECLAIM_STOP))
        .filteredOn(event -> event.text(Field.REASON).equals("request"))
        .extracting(event -> event.text(Field.OUTCOME))
        .containsExactly("nothing-left");
    rig.chain.assertClean();
  }

  @Test
  void aRequestForSoManyPagesTakesNoMore() {
    fill(10);
    WritebackRequest five = new WritebackRequest(0, Long.MAX_VALUE, Duration.ZERO).atMost(5);
    CompletableFuture<Long> left = rig.reclaimer.submit(five);
    rig.runAll();
    assertThat(left).isCompletedWithValue(5L);
    assertThat(rig.chain.lower.storedIds()).containsExactly(0L, 1L, 2L, 3L, 4L);
    rig.chain.assertClean();
  }

  /** Spared pages are no reason to take the hot pages of others by force. */
  @Test
  void sparedPagesMoveAndTheOthersGoByAge() {
    fill(19);
    rig.chain.spared.add("a");
    rig.runAll();
    assertThat(rig.chain.aim().fair()).isTrue();
    assertThat(rig.chain.lower.storedIds())
        .isNotEmpty()
        .isSorted()
        .allSatisfy(id -> assertThat(id % 3).isNotZero());
    assertThat(rig.chain.claimsByForce()).isZero();
    rig.chain.assertClean();
  }

  @Test
  void aRunThatCanOnlyMovePagesEnds() {
    fill(19);
    rig.chain.spared.addAll(List.of("a", "default"));
    for (int i = 0; i < 2000 && reasons().isEmpty(); i++) {
      rig.reclaimer.doWork();
    }
    List<MonitorEvent> stops = rig.events(EventKind.RECLAIM_STOP);
    assertThat(stops).isNotEmpty();
    assertThat(stops.get(0).text(Field.OUTCOME)).isEqualTo("nothing-freed");
    rig.reclaimer.close();
    rig.reclaimer.onClose();
    rig.runStages();
    rig.chain.assertClean();
  }
}
