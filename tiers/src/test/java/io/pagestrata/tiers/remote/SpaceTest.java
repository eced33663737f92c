// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpaceTest {
  private final Space space = new Space(1000);

  @Test
  void garbageCountsUntilItsRemovalIsConfirmed() {
    assertThat(space.tryTake(600)).isTrue();
    space.alive(600);
    space.freed(600);
    assertThat(space.liveBytes()).isZero();
    assertThat(space.tryTake(600)).isFalse();
    assertThat(space.isFull()).isTrue();
    space.unlinked(600);
    assertThat(space.isFull()).isFalse();
    assertThat(space.tryTake(600)).isTrue();
  }

  @Test
  void whatWasNotWrittenIsGivenBack() {
    assertThat(space.tryTake(1000)).isTrue();
    assertThat(space.tryTake(1)).isFalse();
    space.untake(400);
    assertThat(space.tryTake(400)).isTrue();
    assertThat(space.isFull()).isFalse();
  }

  @Test
  void aZpageCostsMoreThanItself() {
    assertThat(Space.cost(3, 500)).isEqualTo(3L * Space.OVERHEAD_BYTES + 500);
  }
}
