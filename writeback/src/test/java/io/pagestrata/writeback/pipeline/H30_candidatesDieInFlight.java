// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import org.junit.jupiter.api.Test;

/**
 * Most pages of a batch are flushed after they were chosen: none comes back, none is freed twice.
 */
class H30_candidatesDieInFlight {
  private static final int PAGES = 4 * FakeUpper.PAGES_PER_REGION;

  private final Rig rig = new Rig(5);

  private void collectThenFlushNineOfTen() {
    rig.chain.putMany(0, PAGES + FakeUpper.PAGES_PER_REGION);
    Rig.run(rig.reclaimer);
    assertThat(rig.chain.count(Place.SHADOW)).isPositive();
    for (long id = 0; id < PAGES; id++) {
      if (id % 10 != 0) {
        rig.chain.flush(id);
      }
    }
  }

  @Test
  void deadOnesAreCountedAsLost() {
    collectThenFlushNineOfTen();
    rig.runAll();
    assertThat(rig.stats().cancelledShadows()).isPositive();
    assertThat(rig.stats().cancelledShadows() + rig.stats().demotedPages())
        .isEqualTo(rig.stats().writtenPages());
    for (long id = 0; id < PAGES; id++) {
      if (id % 10 != 0) {
        assertThat(rig.chain.page(id).place).isEqualTo(Place.GONE);
      }
    }
    rig.chain.assertClean();
  }

  @Test
  void deadOnesStayDeadWhenTheBatchIsCancelled() {
    collectThenFlushNineOfTen();
    rig.pipeline.cancelRemaining();
    assertThat(rig.chain.count(Place.BELOW)).isZero();
    assertThat(rig.chain.count(Place.SHADOW)).isZero();
    assertThat(rig.chain.upper.violations).isEmpty();
  }
}
