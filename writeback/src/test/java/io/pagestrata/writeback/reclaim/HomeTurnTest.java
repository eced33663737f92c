// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HomeTurnTest {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int STEPS = 10_000;

  /**
   * Bytes that may go home in ten seconds, while so much comes in at each of their milliseconds.
   */
  private static long bytesHome(boolean revocable, long bytesPerStep) {
    HomeTurn home = new HomeTurn(revocable, 0);
    Pace pace = new Pace(0);
    long bytes = 0;
    for (int step = 1; step <= STEPS; step++) {
      pace.observe(step * STEP_NANOS, step * bytesPerStep, 0);
      bytes += home.begins(step * STEP_NANOS, pace) ? HomeTurn.BYTES : 0;
    }
    return bytes;
  }

  @Test
  void anIdleTierIsLeftAtABoundedRate() {
    assertThat(bytesHome(true, 0)).isEqualTo(40L << 20);
  }

  @Test
  void aBusyTierIsLeftAlone() {
    assertThat(bytesHome(true, 1 << 10)).as("a mebibyte in a second").isEqualTo(40L << 20);
    assertThat(bytesHome(true, 16 << 10)).as("sixteen in a second").isZero();
  }

  @Test
  void aTierThatIsNotRevocableIsNeverLeft() {
    assertThat(bytesHome(false, 0)).isZero();
  }
}
