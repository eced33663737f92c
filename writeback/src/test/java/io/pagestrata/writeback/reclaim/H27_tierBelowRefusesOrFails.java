// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.testing.FakeLower;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Disk full, read-only, I/O errors: every page stays readable above, and reclaim recovers. */
class H27_tierBelowRefusesOrFails {
  private static final int PAGES = 19 * FakeUpper.PAGES_PER_REGION;

  private final Rig rig = new Rig(20);
  private final FakeLower lower = rig.chain.lower;

  private void fill() {
    rig.chain.putMany(0, PAGES);
  }

  private void assertAllAbove() {
    assertThat(rig.chain.count(Place.ABOVE)).isEqualTo(PAGES);
    rig.chain.assertClean();
  }

  @Test
  void fullTierLeavesEveryPageAbove() {
    lower.behaviour = batch -> TierOutcome.FULL;
    fill();
    rig.runAll();
    assertAllAbove();
    assertThat(rig.events(EventKind.TIER_FULL)).hasSize(1);
    assertThat(rig.stats().failedBatches()).isEqualTo(lower.attempts());
  }

  @Test
  void readOnlyTierIsToldAsSuch() {
    lower.behaviour = batch -> TierOutcome.READ_ONLY;
    fill();
    rig.runAll();
    assertAllAbove();
    assertThat(rig.events(EventKind.TIER_READ_ONLY))
        .singleElement()
        .satisfies(e -> assertThat(e.text(Field.REASON)).isEqualTo("READ_ONLY"));
  }

  /** The fault may have been met by a sync or by cleaning, so that no line before told of it. */
  @Test
  void readOnlyTierSaysWhy() {
    lower.behaviour = batch -> TierOutcome.READ_ONLY;
    lower.trouble = "no space left";
    fill();
    rig.runAll();
    assertThat(rig.events(EventKind.TIER_READ_ONLY))
        .singleElement()
        .satisfies(e -> assertThat(e.text(Field.CAUSE)).isEqualTo("no space left"));
  }

  @Test
  void ioErrorIsToldWithItsCause() {
    lower.behaviour =
        batch -> {
          throw new IOException("No space left on device");
        };
    fill();
    rig.runAll();
    assertAllAbove();
    assertThat(rig.events(EventKind.TIER_ERROR))
        .singleElement()
        .satisfies(e -> assertThat(e.text(Field.CAUSE)).contains("No space left on device"));
    assertThat(rig.events(EventKind.ERROR)).isEmpty();
  }

  @Test
  void unexpectedExceptionIsReportedAndCancelsTheBatch() {
    lower.behaviour =
        batch -> {
          throw new IllegalStateException("bug");
        };
    fill();
    rig.runAll();
    assertAllAbove();
    assertThat(rig.events(EventKind.ERROR)).isNotEmpty();
  }

  @Test
  void triesAgainWithOneBatchAfterTheDelayAndRecovers() {
    lower.behaviour = batch -> TierOutcome.FULL;
    fill();
    rig.runAll();
    int attempts = lower.attempts();
    rig.clock.advanceNanos(RetryDelay.FIRST_NANOS);
    rig.runAll();
    assertThat(lower.attempts()).isEqualTo(attempts + 1);
    lower.behaviour = batch -> TierOutcome.STORED;
    rig.clock.advanceNanos(RetryDelay.MOST_NANOS);
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    assertThat(rig.events(EventKind.TIER_RECOVERED))
        .singleElement()
        .satisfies(
            e ->
                assertThat(e.number(Field.TOOK))
                    .isGreaterThanOrEqualTo(RetryDelay.FIRST_NANOS + RetryDelay.MOST_NANOS));
    rig.chain.assertClean();
  }

  @Test
  void roomBelowEndsTheDelayEarly() {
    lower.usedBytes = FakeLower.LIMIT_BYTES;
    lower.state = TierState.FULL;
    lower.behaviour = batch -> TierOutcome.FULL;
    fill();
    for (int i = 0; i < 20; i++) {
      rig.clock.advanceNanos(RetryDelay.MOST_NANOS);
      rig.runAll();
    }
    lower.behaviour = batch -> TierOutcome.STORED;
    rig.clock.advanceNanos(2 * RetryDelay.FIRST_NANOS);
    rig.runAll();
    assertAllAbove();
    lower.state = TierState.OPEN;
    lower.usedBytes = 0;
    rig.clock.advanceNanos(2 * RetryDelay.FIRST_NANOS);
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
  }

  @Test
  void batchesInFlightAtTheFirstFailureCountOnce() {
    RetryDelay retry = new RetryDelay(lower);
    for (int i = 0; i < 8; i++) {
      retry.failed(1000 + i);
    }
    assertThat(retry.isBlocked(1000 + RetryDelay.FIRST_NANOS - 1)).isTrue();
    assertThat(retry.isBlocked(1007 + RetryDelay.FIRST_NANOS)).isFalse();
  }

  @Test
  void whatNeedsNoWriteGoesEvenWhenTheTierBelowIsFull() {
    // The oldest regions cannot go; behind them lie clean, hot and ephemeral pages that can.
    lower.behaviour = batch -> TierOutcome.FULL;
    fill();
    for (long id = 6L * FakeUpper.PAGES_PER_REGION; id < PAGES; id++) {
      rig.chain.page(id).ephemeral = id % 2 == 0;
      rig.chain.page(id).backed = id % 2 == 1;
      rig.chain.page(id).alwaysReferenced = id % 3 == 0;
    }
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    assertThat(rig.stats().droppedPages()).isPositive();
    assertThat(rig.stats().cleanEvictions()).isPositive();
    for (long id = 0; id < 6L * FakeUpper.PAGES_PER_REGION; id++) {
      assertThat(rig.chain.page(id).place).isEqualTo(Place.ABOVE);
    }
    rig.chain.assertClean();
  }
}
