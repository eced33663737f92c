// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Fails: the write of a batch, in every way that a tier can refuse it. Succeeds: every get before,
 * during and after. Must hold: no shadow and no hold is left after the abort, and the page can be
 * written back later.
 */
class H02_abortLeavesPlaceholder {
  @Test
  void afterEveryKindOfRefusalThePageIsAsBefore() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      for (TierOutcome outcome :
          List.of(TierOutcome.FULL, TierOutcome.READ_ONLY, TierOutcome.CLOSED)) {
        rig.below().faults.batchOutcome = outcome;
        var round = rig.writeback.collect(0, true);
        assertThat(round.claims(Claim.TAKEN)).isEqualTo(1);
        assertThat(rig.writeback.write(round)).isEqualTo(outcome);
        rig.writeback.cancel(round);
        StoreOracle.check(rig);
        assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
      }
      rig.below().faults.batchOutcome = TierOutcome.STORED;
      rig.writeback.demote(0, true);
      assertThat(rig.below().liveZpages()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
    }
  }

  @Test
  void aShadowIsClaimedOnlyOnce() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.writeback.collect(0, true).batch.count()).isZero();
      assertThat(claimAgain(rig, round.batch)).isEqualTo(Claim.DEAD);
      assertThat(rig.top().maintain()).as("shadows moved by cleaning").isZero();
      rig.writeback.cancel(round);
    }
  }

  private static Claim claimAgain(StoreRig rig, ZpageBatch batch) {
    int offset = batch.offset(0);
    int bytes = ZpageHeader.zpageBytes(batch.data(), offset);
    long locator = batch.fromLocator(0);
    return rig.writeback.hierarchy.claim(
        0, batch.data(), offset, bytes, locator, UpperTier.NO_BACKING, true);
  }

  @Test
  void abortOfAPageThatIsGoneTouchesNothing() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.put(rig.swap, 1, 2, 1);
      var round = rig.writeback.collect(0, true);
      rig.store.flush(rig.swap, 1, 1);
      rig.put(rig.swap, 1, 2, 2);
      rig.writeback.cancel(round);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(-1);
      assertThat(rig.get(rig.swap, 1, 2)).isEqualTo(2);
    }
  }

  @Test
  void aReadDuringTheAbortLeavesNoShadow() {
    int rounds = 10_000;
    try (StoreRig rig = StoreRig.builder().slots(2).open()) {
      rig.put(rig.swap, 1, 1, 1);
      AtomicBoolean done = new AtomicBoolean();
      Threads.run(
          List.of(
              () -> {
                try {
                  for (int i = 0; i < rounds; i++) {
                    var round = rig.writeback.collect(0, true);
                    assertThat(round.claims(Claim.TAKEN)).as("shadow left by %d", i).isOne();
                    rig.writeback.cancel(round);
                  }
                } finally {
                  done.set(true);
                }
              },
              () -> {
                while (!done.get()) {
                  assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
                }
              }));
    }
  }
}
