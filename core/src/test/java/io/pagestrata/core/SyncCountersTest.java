// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageHeader;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a store tells of its syncs: how many, what they wrote, how long they took. */
class SyncCountersTest {
  private final AtomicLong nanos = new AtomicLong();
  private final SyncCounters counters = new SyncCounters(nanos::get);

  private void sync(long tookNanos, SyncCounters.End end) {
    counters.begin();
    nanos.addAndGet(tookNanos);
    counters.end(end);
  }

  @Test
  void timesAddUpAndTheLongestIsThatSinceItWasTaken() {
    sync(5, SyncCounters.End.DONE);
    sync(3, SyncCounters.End.FAILED);
    assertThat(counters.takeLongestNanos()).isEqualTo(5);
    sync(2, SyncCounters.End.REFUSED);
    assertThat(counters.takeLongestNanos()).isEqualTo(2);
    assertThat(counters.takeLongestNanos()).isZero();
    SyncStats stats = counters.stats();
    assertThat(stats.latency().count()).isEqualTo(3);
    assertThat(stats.latency().totalNanos()).isEqualTo(10);
    assertThat(stats.latency().maxNanos()).isEqualTo(5);
    assertThat(stats.underWayNanos()).isZero();
  }

  @Test
  void oneUnderWayIsSeen() {
    counters.begin();
    nanos.addAndGet(7);
    assertThat(counters.stats().underWayNanos()).isEqualTo(7);
    assertThat(counters.takeLongestNanos()).isEqualTo(7);
    nanos.addAndGet(1);
    counters.end(SyncCounters.End.DONE);
    assertThat(counters.takeLongestNanos()).isEqualTo(8);
  }

  @Test
  void eachSyncIsCountedByItsEnd() {
    HeapLog log = new HeapLog();
    try (StoreRig rig = StoreRig.builder().log(log).open()) {
      assertThat(rig.store.stats().syncs()).isEqualTo(SyncStats.ZERO);
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(rig.put(rig.swap, 1, 2, 8)).isTrue();
      rig.store.sync();
      assertThat(rig.store.flush(rig.swap, 1, 2)).isTrue();
      rig.store.sync();
      SyncStats done = rig.store.stats().syncs();
      assertThat(done.syncs()).isEqualTo(2);
      assertThat(done.records()).as("two pages, a tombstone").isEqualTo(3);
      assertThat(done.writtenBytes()).isGreaterThan(3 * ZpageHeader.BYTES);
      assertThat(done.refused() + done.failed()).isZero();
      assertThat(rig.put(rig.swap, 1, 3, 9)).isTrue();
      refuse(rig, TierOutcome.FULL);
      refuse(rig, TierOutcome.READ_ONLY);
      rig.store.sync();
      SyncStats all = rig.store.stats().syncs();
      assertThat(all.syncs()).isEqualTo(3);
      assertThat(all.refused()).isEqualTo(1);
      assertThat(all.failed()).isEqualTo(1);
      assertThat(all.records()).isEqualTo(4);
      assertThat(all.latency().count()).isEqualTo(5);
    }
  }

  private static void refuse(StoreRig rig, TierOutcome outcome) {
    rig.below().faults.batchOutcome = outcome;
    assertThatThrownBy(rig.store::sync).isInstanceOf(TierFailureException.class);
    rig.below().faults.batchOutcome = TierOutcome.STORED;
  }
}
