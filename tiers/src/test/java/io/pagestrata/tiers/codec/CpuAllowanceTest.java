// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuAllowanceTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void spendsWhatItSavedAndThenItsShare() {
    CpuAllowance allowance = new CpuAllowance(0.25, 0);
    assertThat(allowance.isLeft(0)).isTrue();
    allowance.spend(SECOND / 4);
    assertThat(allowance.isLeft(0)).isFalse();
    assertThat(allowance.isLeft(1000)).isTrue();
    // Overdrawn by a second of the share: four seconds must pass.
    allowance.spend(SECOND);
    assertThat(allowance.isLeft(1000 + 4 * SECOND - 2000)).isFalse();
    assertThat(allowance.isLeft(1000 + 4 * SECOND)).isTrue();
  }

  @Test
  void savesForOneSecondAtMost() {
    CpuAllowance allowance = new CpuAllowance(0.5, 0);
    assertThat(allowance.isLeft(3600 * SECOND)).isTrue();
    allowance.spend(SECOND / 2 + 1);
    assertThat(allowance.isLeft(3600 * SECOND)).isFalse();
  }

  @Test
  void aClockThatStepsBackGivesNothing() {
    CpuAllowance allowance = new CpuAllowance(0.5, 10 * SECOND);
    allowance.spend(SECOND);
    assertThat(allowance.isLeft(5 * SECOND)).isFalse();
    allowance.spend(-SECOND);
    assertThat(allowance.isLeft(5 * SECOND)).isFalse();
  }
}
