// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Two events a window of 100 ns, begun shortly before the clock turns negative. */
class RateLimitTest {
  private static final long START = Long.MAX_VALUE - 50;

  private final RateLimit limit = new RateLimit(2, 100, START);

  @Test
  void whatIsMoreThanAWindowAllowsIsHeldBackAndCountedOnce() {
    assertThat(limit.pass(START)).isTrue();
    assertThat(limit.pass(START + 99)).as("behind the turn of the clock").isTrue();
    assertThat(limit.pass(START + 99)).isFalse();
    assertThat(limit.pass(START + 99)).isFalse();
    assertThat(limit.takeSuppressed()).isEqualTo(2);
    assertThat(limit.takeSuppressed()).isZero();
  }

  @Test
  void aNewWindowBeginsWithTheFirstEventAfterTheOldOne() {
    assertThat(limit.pass(START)).isTrue();
    assertThat(limit.pass(START + 100)).isTrue();
    assertThat(limit.pass(START + 199)).isTrue();
    assertThat(limit.pass(START + 199)).isFalse();
    assertThat(limit.pass(START + 350)).isTrue();
    assertThat(limit.pass(START + 400)).as("counted from 350, not from 300").isTrue();
    assertThat(limit.pass(START + 449)).isFalse();
    assertThat(limit.pass(START + 450)).isTrue();
  }
}
