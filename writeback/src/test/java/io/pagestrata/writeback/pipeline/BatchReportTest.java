// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.monitor.MonitorEvent;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.Reporting;
import io.pagestrata.writeback.testing.FakePage;
import io.pagestrata.writeback.testing.Rig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Each batch is counted, and each change of the tier below is told once. */
class BatchReportTest {
  private static final int PAGES = 3;

  private final Rig rig = new Rig(20);
  private final AtomicLong stalls = new AtomicLong(100);
  private final BatchReport report =
      new BatchReport(
          rig.step, new Reporting(rig.counters, rig.monitor, stalls::get), () -> 2, rig.clock);
  private final BatchSlot slot =
      new BatchSlot(new ZpageBatch(ByteBuffer.allocateDirect(Rig.BATCH_BYTES), 4096));

  private void fill() {
    slot.reset();
    for (int i = 0; i < PAGES; i++) {
      FakePage page = rig.chain.put(i);
      slot.batch.add(page.zpage, 0, FakePage.BYTES, i);
    }
    slot.publishedNanos = rig.clock.getAsLong();
    slot.writeNanos = 1000;
  }

  private void store(long tripNanos) {
    fill();
    slot.outcome = TierOutcome.STORED;
    rig.clock.advanceNanos(tripNanos);
    long[] pagesByEnd = new long[Commit.values().length];
    pagesByEnd[Commit.LOST.ordinal()] = 1;
    pagesByEnd[Commit.DEMOTED.ordinal()] = PAGES - 1;
    report.ended(slot, pagesByEnd);
  }

  private void refuse(TierOutcome outcome) {
    fill();
    slot.outcome = outcome;
    report.ended(slot, new long[Commit.values().length]);
  }

  private void fail(IOException error) {
    fill();
    slot.error = error;
    report.ended(slot, new long[Commit.values().length]);
  }

  private List<EventKind> kinds() {
    rig.monitor.doWork();
    return rig.events.stream().map(MonitorEvent::kind).toList();
  }

  @Test
  void aStoredBatchIsCountedAndTold() {
    store(1000);
    assertThat(rig.counters.get(Movement.BATCHES)).isEqualTo(1);
    assertThat(rig.counters.get(Movement.WRITTEN_PAGES)).isEqualTo(PAGES);
    assertThat(rig.counters.get(Movement.WRITTEN_BATCH_BYTES)).isEqualTo(slot.batch.bytes());
    assertThat(rig.counters.get(Movement.WRITTEN_PAYLOAD_BYTES))
        .isEqualTo(slot.batch.payloadBytes());
    MonitorEvent told = rig.events(EventKind.BATCH).get(0);
    assertThat(told.text(Field.TIER)).isEqualTo("ram");
    assertThat(told.text(Field.TO)).isEqualTo("file");
    assertThat(told.number(Field.PAGES)).isEqualTo(PAGES);
    assertThat(told.number(Field.CANCELLED)).isEqualTo(1);
    assertThat(told.number(Field.DEMOTED)).isEqualTo(PAGES - 1);
    assertThat(told.number(Field.KEPT)).isZero();
    assertThat(told.number(Field.QUEUE)).isEqualTo(2);
  }

  // Forbidden: a stall that is told twice, or not at all since its batch failed.
  @Test
  void stallsAreThoseSinceTheBatchThatWasStoredBefore() {
    store(1000);
    stalls.addAndGet(5);
    refuse(TierOutcome.FULL);
    stalls.addAndGet(2);
    store(1000);
    store(1000);
    assertThat(rig.events(EventKind.BATCH))
        .extracting(event -> event.number(Field.STALLS))
        .containsExactly(100.0, 7.0, 0.0);
  }

  // Forbidden: a tier below that fails for an hour and says so with each batch, or never.
  @Test
  void troubleAndItsEndAreToldOnceAndEachFailureIsCounted() {
    assertThat(report.isFailing()).isFalse();
    refuse(TierOutcome.FULL);
    refuse(TierOutcome.FULL);
    assertThat(report.isFailing()).isTrue();
    fail(new IOException("no medium"));
    store(1000);
    store(1000);
    assertThat(report.isFailing()).isFalse();
    assertThat(rig.counters.get(Movement.FAILED_BATCHES)).isEqualTo(3);
    assertThat(rig.counters.get(Movement.BATCHES)).isEqualTo(2);
    assertThat(kinds())
        .containsExactly(
            EventKind.TIER_FULL,
            EventKind.BATCH_REFUSED,
            EventKind.BATCH_REFUSED,
            EventKind.TIER_ERROR,
            EventKind.BATCH_FAILED,
            EventKind.TIER_RECOVERED,
            EventKind.BATCH,
            EventKind.BATCH);
    assertThat(rig.events(EventKind.BATCH_FAILED).get(0).text(Field.CAUSE)).contains("no medium");
  }

  @Test
  void aTierThatTurnedReadOnlySaysWhy() {
    rig.chain.lower.trouble = "fsync failed";
    refuse(TierOutcome.READ_ONLY);
    MonitorEvent told = rig.events(EventKind.TIER_READ_ONLY).get(0);
    assertThat(told.text(Field.REASON)).isEqualTo("READ_ONLY");
    assertThat(told.text(Field.CAUSE)).isEqualTo("fsync failed");
    refuse(TierOutcome.OVER_BUDGET);
    assertThat(rig.events(EventKind.BUDGET_USED_UP)).hasSize(1);
  }

  // Forbidden: reclaim that is held back by a batch that carried only regions to settle.
  @Test
  void aBatchWithoutZpagesIsNeitherCountedNorTold() {
    refuse(TierOutcome.FULL);
    rig.monitor.doWork();
    rig.events.clear();
    slot.reset();
    slot.outcome = TierOutcome.STORED;
    report.ended(slot, new long[Commit.values().length]);
    assertThat(kinds()).isEmpty();
    assertThat(report.isFailing()).as("no batch was stored").isTrue();
    assertThat(rig.counters.get(Movement.BATCHES)).isZero();
  }

  @Test
  void aTripCountsForAQuarterOfTheLatency() {
    store(4000);
    assertThat(report.latencyNanos()).isEqualTo(1000);
    store(5000);
    assertThat(report.latencyNanos()).isEqualTo(2000);
    refuse(TierOutcome.FULL);
    assertThat(report.latencyNanos()).isEqualTo(2000);
  }
}
