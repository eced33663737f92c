// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The two kinds of pools, and the end of one while it is in use. */
class PoolTest {
  @Test
  void ephemeralPagesAreDroppedWithoutAWriteAndPersistentOnesNever() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.cache, 1, 1, 1);
      rig.put(rig.swap, 1, 1, 2);
      var round = rig.writeback.demote(0, true);
      assertThat(round.claims(Claim.DROPPED)).isEqualTo(1);
      assertThat(round.claims(Claim.TAKEN)).isEqualTo(1);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(2);
      assertThat(rig.below().liveZpages()).isEqualTo(1);
      assertThat(rig.store.stats().pages()).isEqualTo(1);
      assertThat(rig.put(rig.cache, 1, 1, 3)).isTrue();
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(3);
    }
  }

  @Test
  void aReadEphemeralPageGetsASecondChance() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.cache, 1, 1, 1);
      rig.get(rig.cache, 1, 1);
      assertThat(rig.writeback.demote(0, false).claims(Claim.SECOND_CHANCE)).isEqualTo(1);
      assertThat(rig.writeback.demote(0, false).claims(Claim.DROPPED)).isEqualTo(1);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
    }
  }

  @Test
  void aSingleTierKeepsPersistentPagesWhateverReclaimAsks() {
    try (StoreRig rig = StoreRig.builder().tiers(1).open()) {
      rig.put(rig.swap, 1, 1, 1);
      assertThat(rig.writeback.demote(0, true).claims(Claim.STAYS)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
    }
  }

  @Test
  void destructionWhilePutsRunLeavesNoZpageAndNoPageTable() {
    try (StoreRig rig = StoreRig.builder().slots(256).open()) {
      for (int round = 0; round < 100; round++) {
        Pool doomed = rig.store.createPool("doomed", PoolKind.PERSISTENT);
        List<Threads.Task> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          int object = i;
          tasks.add(
              () -> {
                try {
                  for (int index = 0; ; index++) {
                    rig.put(doomed, object, index % 8 << 9, index);
                  }
                } catch (PoolDestroyedException e) {
                  assertThat(doomed.isDestroyed()).isTrue();
                }
              });
        }
        tasks.add(() -> rig.store.destroyPool(doomed));
        Threads.run(tasks);
        assertThat(rig.top().liveZpages()).as("zpages of a pool that is gone").isZero();
        List<Long> left = new ArrayList<>();
        doomed.table().forEach((object, index, word) -> left.add(word));
        assertThat(left).isEmpty();
        StoreOracle.check(rig);
      }
      long lanesOnly = rig.budget.usedBytes();
      assertThat(lanesOnly % Lane.memoryBytes(rig.pageBytes, rig.below().scratchBytes()))
          .as("bytes charged beside lanes")
          .isZero();
    }
  }
}
