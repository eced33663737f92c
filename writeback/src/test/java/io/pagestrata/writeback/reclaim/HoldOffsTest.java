// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.writeback.reclaim.ReclaimRun.Outcome;
import org.junit.jupiter.api.Test;

class HoldOffsTest {
  private static final long MILLI_NANOS = 1_000_000L;

  private final HoldOffs holdOffs = new HoldOffs();
  private final ReclaimRun run = ReclaimRun.toLowWatermark();

  private boolean isOverAt(long millis) {
    return holdOffs.isOver(run.aim, millis * MILLI_NANOS);
  }

  private void ends(Outcome outcome, long millis) {
    holdOffs.ended(run, outcome, false, millis * MILLI_NANOS);
  }

  @Test
  void eachRunInVainDoublesThePauseAndOneThatReachesItsAimEndsIt() {
    ends(Outcome.NOTHING_LEFT, 0);
    assertThat(isOverAt(0)).isFalse();
    assertThat(isOverAt(1)).isTrue();
    ends(Outcome.NOTHING_FREED, 1);
    assertThat(isOverAt(2)).isFalse();
    assertThat(isOverAt(3)).isTrue();
    ends(Outcome.REACHED, 3);
    assertThat(isOverAt(3)).isTrue();
    ends(Outcome.NOTHING_LEFT, 4);
    assertThat(isOverAt(5)).isTrue();
  }

  /** Requests would otherwise let a tenant whose pages cannot go run without end. */
  @Test
  void aRunThatIsPushedAsideTellsNothing() {
    ends(Outcome.NOTHING_LEFT, 0);
    ends(Outcome.PREEMPTED, 1);
    ends(Outcome.NOTHING_LEFT, 2);
    assertThat(isOverAt(3)).isFalse();
    assertThat(isOverAt(4)).isTrue();
  }
}
