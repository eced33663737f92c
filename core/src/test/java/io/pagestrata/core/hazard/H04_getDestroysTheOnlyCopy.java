// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;

/**
 * Fails: the consumer, which throws the page away after its get. Succeeds: a get again and again,
 * from every tier. Must hold: only take, flush and put remove content; a get never does, promoted
 * or not.
 */
class H04_getDestroysTheOnlyCopy {
  @Test
  void aPageMayBeReadAnyNumberOfTimesFromAnyTier() {
    for (boolean promotes : new boolean[] {false, true}) {
      StoreRig.Builder builder = StoreRig.builder().promotion((distance, size, read) -> promotes);
      try (StoreRig rig = builder.open()) {
        rig.put(rig.swap, 1, 1, 1);
        for (int round = 0; round < 3; round++) {
          for (int i = 0; i < 3; i++) {
            assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
          }
          rig.writeback.demote(0, true);
        }
      }
    }
  }

  @Test
  void aPromotionThatLosesToAnotherDestroysNothing() {
    StoreRig.Builder builder = StoreRig.builder().promoteAlways();
    try (StoreRig rig = builder.tiers(3).middleKind(HeapTier.Kind.PLAIN).open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.writeback.demote(0, true);
      rig.top().faults.onceBeforeStore(() -> assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1));
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
    }
  }
}
