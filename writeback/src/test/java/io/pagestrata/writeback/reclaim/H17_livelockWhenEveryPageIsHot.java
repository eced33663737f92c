// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import org.junit.jupiter.api.Test;

/** Every page is referenced again as soon as it got its second chance; reclaim must still free. */
class H17_livelockWhenEveryPageIsHot {
  private static final int REGION = FakeUpper.PAGES_PER_REGION;

  private final Rig rig = new Rig(20);

  @Test
  void freesByForceWhenSecondChancesFreeNothing() {
    rig.chain.putMany(0, 19 * REGION);
    for (long id = 0; id < 19 * REGION; id++) {
      rig.chain.page(id).alwaysReferenced = true;
    }
    // A page read while in flight is kept above, so some pages must stop being read for an end.
    Rig.run(rig.reclaimer);
    assertThat(rig.chain.claimsByForce()).isPositive();
    for (long id = 0; id < 19 * REGION; id++) {
      rig.chain.page(id).alwaysReferenced = false;
    }
    rig.runAll();
    assertThat(rig.chain.upper.usedBytes()).isEqualTo(10 * FakeUpper.REGION_BYTES);
    assertThat(rig.events(EventKind.RECLAIM_STOP))
        .singleElement()
        .satisfies(e -> assertThat(e.text(Field.FORCED)).isEqualTo("yes"));
    rig.chain.assertClean();
  }

  @Test
  void walksAtMostAQuarterOfTheTierBeforeItForces() {
    rig.chain.putMany(0, 19 * REGION);
    for (long id = 0; id < 19 * REGION; id++) {
      rig.chain.page(id).alwaysReferenced = true;
    }
    int regions = 0;
    while (rig.chain.claimsByForce() == 0) {
      rig.reclaimer.doWork();
      regions++;
    }
    // A quarter of 20 regions in vain, then the first one by force.
    assertThat(regions).isEqualTo(6);
  }

  @Test
  void oneColdRegionInTheRowStartsTheCountAnew() {
    ForceRule rule = new ForceRule();
    rule.start(false);
    for (int i = 0; i < 20; i++) {
      rule.onRegion(1000, 0, i % 4 == 3 ? 100 : 0, 4000);
      assertThat(rule.isForced()).isFalse();
    }
  }

  @Test
  void needsFourRegionsHoweverSmallTheTier() {
    ForceRule rule = new ForceRule();
    rule.start(false);
    for (int i = 0; i < 3; i++) {
      rule.onRegion(1000, 0, 0, 100);
    }
    assertThat(rule.isForced()).isFalse();
    rule.onRegion(1000, 0, 0, 100);
    assertThat(rule.isForced()).isTrue();
  }

  @Test
  void aGainOfASixteenthIsNoGain() {
    ForceRule rule = new ForceRule();
    rule.start(false);
    for (int i = 0; i < 4; i++) {
      rule.onRegion(1600, 0, 100, 4000);
    }
    assertThat(rule.isForced()).isTrue();
  }

  @Test
  void aWholeRoundByForceWithoutGainIsPointless() {
    ForceRule rule = new ForceRule();
    rule.start(true);
    for (int i = 0; i < 9; i++) {
      rule.onRegion(1000, 0, 0, 10_000);
      assertThat(rule.isPointless(10_000)).isFalse();
    }
    rule.onRegion(1000, 0, 0, 10_000);
    assertThat(rule.isPointless(10_000)).isTrue();
  }
}
