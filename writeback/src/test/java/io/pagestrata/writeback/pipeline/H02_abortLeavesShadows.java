// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** However a batch fails, each of its shadows is cancelled exactly once and its regions settle. */
class H02_abortLeavesShadows {
  private static final int REGION = FakeUpper.PAGES_PER_REGION;

  private final Rig rig = new Rig(20);

  @Test
  void failedBatchCancelsEveryZpage() {
    AtomicInteger attempted = new AtomicInteger();
    rig.chain.lower.behaviour =
        batch -> {
          attempted.addAndGet(batch.count());
          throw new IOException("EIO");
        };
    rig.chain.putMany(0, 19 * REGION);
    rig.runAll();
    assertThat(attempted).hasPositiveValue();
    assertThat(rig.chain.cancels()).isEqualTo(attempted.get());
    rig.chain.assertClean();
  }

  @Test
  void brokenCommitOfOneZpageDoesNotTouchTheOthers() {
    rig.chain.putMany(0, 19 * REGION);
    rig.chain.page(3).brokenCommit = true;
    rig.runAll();
    assertThat(rig.chain.page(3).place).isEqualTo(Place.ABOVE);
    assertThat(rig.chain.page(2).place).isEqualTo(Place.BELOW);
    assertThat(rig.chain.page(4).place).isEqualTo(Place.BELOW);
    assertThat(rig.events(EventKind.ERROR)).isNotEmpty();
    rig.chain.assertClean();
  }

  @Test
  void brokenSettleDoesNotStopThePipeline() {
    rig.chain.putMany(0, 19 * REGION);
    rig.chain.upper.beforeSettle(
        () -> {
          rig.chain.upper.beforeSettle(() -> {});
          throw new IllegalStateException("settle broke");
        });
    rig.runAll();
    assertThat(rig.pipeline.inFlightBatches()).isZero();
    assertThat(rig.events(EventKind.ERROR)).hasSize(1);
    assertThat(rig.chain.count(Place.SHADOW)).isZero();
  }

  @Test
  void overwrittenInFlightIsLostNotDemoted() {
    rig.chain.putMany(0, 19 * REGION);
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.chain.put(0);
    rig.chain.flush(1);
    rig.runAll();
    assertThat(rig.stats().cancelledShadows()).isEqualTo(2);
    assertThat(rig.chain.page(0).place).isEqualTo(Place.ABOVE);
    assertThat(rig.chain.page(1).place).isEqualTo(Place.GONE);
    rig.chain.assertClean();
  }

  @Test
  void refusalInTheMiddleCancelsOnlyThatBatch() {
    rig.chain.lower.behaviour =
        batch -> rig.chain.lower.attempts() == 2 ? TierOutcome.FULL : TierOutcome.STORED;
    rig.chain.putMany(0, 19 * REGION);
    Rig.run(rig.reclaimer);
    rig.runStages();
    assertThat(rig.chain.lower.storedIds()).contains(0L, 15L, 32L).doesNotContain(16L, 31L);
    assertThat(rig.chain.page(16).place).isEqualTo(Place.ABOVE);
  }
}
