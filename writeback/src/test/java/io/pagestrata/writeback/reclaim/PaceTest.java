// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long MILLI = 1_000_000L;

  private final Pace pace = new Pace(0);

  @Test
  void expectsNothingBeforeItSawIntake() {
    assertThat(pace.bytesIn(1_000_000_000L)).isZero();
    assertThat(pace.nanosFor(1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void approachesASteadyIntake() {
    for (int i = 1; i <= 100; i++) {
      pace.observe(i * MILLI, i * 1000L, 0);
    }
    assertThat(pace.bytesIn(MILLI)).isBetween(990L, 1000L);
    assertThat(pace.nanosFor(1000)).isBetween(MILLI, MILLI * 101 / 100);
  }

  @Test
  void countsWhatLeftMeanwhileAsIntakeToo() {
    // Used bytes stand still while as much leaves as comes in.
    for (int i = 1; i <= 100; i++) {
      pace.observe(i * MILLI, 5000, i * 1000L);
    }
    assertThat(pace.bytesIn(MILLI)).isBetween(990L, 1001L);
  }

  @Test
  void shrinkingTierHasNoIntake() {
    pace.observe(MILLI, 1_000_000, 0);
    for (int i = 2; i <= 200; i++) {
      pace.observe(i * MILLI, 1_000_000 - i * 1000L, 0);
    }
    assertThat(pace.bytesIn(MILLI)).isZero();
  }
}
