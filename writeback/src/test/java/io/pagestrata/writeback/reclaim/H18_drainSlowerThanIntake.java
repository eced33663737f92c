// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import org.junit.jupiter.api.Test;

/**
 * Puts come faster than the tier below takes batches: reclaim must start earlier, and what goes
 * down must still be the oldest.
 */
class H18_drainSlowerThanIntake {
  private static final int REGION = FakeUpper.PAGES_PER_REGION;

  private final Rig rig = new Rig(100);
  private long nextPage;

  /** One region comes in per millisecond; answers how many bytes were used when reclaim began. */
  private long usedAtStart(int stagesEveryMillis) {
    long runs = rig.stats().reclaimRuns();
    for (int millis = 1; rig.stats().reclaimRuns() == runs; millis++) {
      rig.chain.putMany(nextPage, REGION);
      nextPage += REGION;
      rig.clock.advanceMillis(1);
      rig.reclaimer.doWork();
      if (millis % stagesEveryMillis == 0) {
        rig.runStages();
      }
    }
    return rig.chain.upper.usedBytes();
  }

  /** Drains to the low watermark; each batch takes so long from publish to commit. */
  private void drain(int millisPerBatch) {
    while (rig.chain.upper.usedBytes() > 50 * FakeUpper.REGION_BYTES) {
      Rig.run(rig.reclaimer);
      rig.clock.advanceMillis(millisPerBatch);
      rig.runStages();
    }
    rig.runAll();
  }

  @Test
  void slowTripsStartReclaimBeforeTheHighWatermark() {
    long quick = usedAtStart(1);
    assertThat(quick).isGreaterThanOrEqualTo(90 * FakeUpper.REGION_BYTES);
    drain(10);
    long slow = usedAtStart(1);
    assertThat(slow)
        .isLessThan(90 * FakeUpper.REGION_BYTES)
        .isGreaterThanOrEqualTo(70 * FakeUpper.REGION_BYTES);
  }

  // Forbidden: a tier below so slow that reclaim never rests, and hot pages go down with the cold.
  @Test
  void theSlowestTripsStartReclaimHalfWayToTheLowWatermarkAtTheEarliest() {
    usedAtStart(1);
    drain(1000);
    assertThat(usedAtStart(1)).isGreaterThanOrEqualTo(70 * FakeUpper.REGION_BYTES);
  }

  @Test
  void whatGoesDownIsInOrderOfAge() {
    for (int round = 0; round < 5; round++) {
      usedAtStart(7);
      drain(3);
    }
    assertThat(rig.chain.lower.storedIds()).hasSizeGreaterThan(100 * REGION).isSorted();
    rig.chain.assertClean();
  }
}
