// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StepWriteback;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Fails: many completions, at random: pages are overwritten, removed or read while in flight.
 * Succeeds: the rest. Must hold: zpages held in every tier are exactly those that pages name, after
 * every round.
 */
class H08_spaceLeakedByFailedCompletion {
  @Test
  void zpagesHeldEqualZpagesNamed() {
    runAtRandom(StoreRig.builder().slots(32));
  }

  /** What goes up leaves no copy in memory below, and what goes down may have a backing copy. */
  @Test
  void zpagesHeldEqualZpagesNamedWithMemoryBelow() {
    runAtRandom(
        StoreRig.builder().slots(32).tiers(3).middleKind(HeapTier.Kind.PLAIN).promoteAlways());
  }

  @Test
  void aPageThatGoesWhileItIsKeptLeavesNothing() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
      rig.writeback.write(round);
      rig.top().faults.onceBeforeStore(() -> rig.store.flush(rig.swap, 1, 1));
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.LOST);
      assertThat(rig.top().liveZpages() + rig.below().liveZpages()).isZero();
    }
  }

  private static void runAtRandom(StoreRig.Builder builder) {
    Random random = new Random(8);
    try (StoreRig rig = builder.open()) {
      for (int step = 0; step < 300; step++) {
        rig.top().faults.regionZpages = 3;
        for (int i = 0; i < 6; i++) {
          rig.put(rig.swap, 1, random.nextInt(12), step);
        }
        List<StepWriteback.Round> rounds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          rounds.add(rig.writeback.collect(random.nextInt(rig.tiers.size() - 1), true));
        }
        for (int i = 0; i < 6; i++) {
          int index = random.nextInt(12);
          switch (random.nextInt(4)) {
            case 0 -> rig.put(rig.swap, 1, index, step);
            case 1 -> rig.get(rig.swap, 1, index);
            case 2 -> rig.take(rig.swap, 1, index);
            default -> rig.store.flush(rig.swap, 1, index);
          }
        }
        for (StepWriteback.Round round : rounds) {
          if (random.nextBoolean()) {
            rig.writeback.write(round);
            rig.writeback.commit(round);
          } else {
            rig.writeback.cancel(round);
          }
        }
        StoreOracle.check(rig);
      }
      rig.store.flushObject(rig.swap, 1);
      assertThat(rig.tiers).allMatch(tier -> tier.liveZpages() == 0);
    }
  }
}
