// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SiftTurnTest {
  private final SiftTurn turn = new SiftTurn();

  private int failuresUntilDue() {
    int failures = 0;
    while (!turn.isDue()) {
      turn.onFailure(1000);
      failures++;
    }
    return failures;
  }

  @Test
  void eachSiftInVainDoublesTheDistanceToTheNext() {
    int[] distances = new int[9];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = failuresUntilDue();
      turn.ended(1000);
    }
    assertThat(distances).containsExactly(1, 2, 4, 8, 16, 32, 64, 64, 64);
  }

  @Test
  void siftThatFreedSomethingIsFollowedByTheNextAtOnce() {
    failuresUntilDue();
    turn.ended(1000);
    failuresUntilDue();
    turn.ended(1001);
    assertThat(failuresUntilDue()).isEqualTo(1);
  }

  @Test
  void batchThatIsStoredStartsAnew() {
    for (int i = 0; i < 4; i++) {
      failuresUntilDue();
      turn.ended(1000);
    }
    turn.reset();
    assertThat(turn.isDue()).isFalse();
    assertThat(failuresUntilDue()).isEqualTo(1);
  }
}
