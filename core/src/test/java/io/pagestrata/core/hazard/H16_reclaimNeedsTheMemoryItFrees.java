// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.MemoryBudget;
import org.junit.jupiter.api.Test;

/**
 * Fails: every store of a put, since the pool and the budget are full to the last byte. Succeeds:
 * reclaim, which takes nothing from the budget and at most its reserve from the tier. Must hold:
 * with no free slot at all referenced zpages are still evicted, none is lost.
 */
class H16_reclaimNeedsTheMemoryItFrees {
  @Test
  void withAFullPoolAndAFullBudget() {
    int slots = 8;
    try (StoreRig rig = StoreRig.builder().slots(slots).open()) {
      for (int i = 0; i < slots; i++) {
        assertThat(rig.put(rig.swap, 1, i, i)).isTrue();
        rig.get(rig.swap, 1, i);
      }
      MemoryBudget budget = rig.budget;
      assertThat(budget.tryCharge(budget.limitBytes() - budget.usedBytes())).isTrue();
      long before = budget.usedBytes();
      var round = rig.writeback.demote(0, false);
      assertThat(round.claims(Claim.TAKEN)).as("referenced zpages evicted").isPositive();
      assertThat(budget.usedBytes()).as("bytes charged").isEqualTo(before);
      assertThat(rig.put(rig.swap, 1, 0, 100)).isTrue();
      for (int i = 1; i < slots; i++) {
        assertThat(rig.get(rig.swap, 1, i)).isEqualTo(i);
      }
    }
  }

  @Test
  void secondChancesUseTheReserveThatPutsMayNotTouch() {
    try (StoreRig rig = StoreRig.builder().slots(4).open()) {
      rig.top().faults.reserveSlots = 1;
      for (int i = 0; i < 3; i++) {
        assertThat(rig.put(rig.swap, 1, i, i)).isTrue();
        rig.get(rig.swap, 1, i);
      }
      assertThat(rig.put(rig.swap, 1, 3, 3)).isFalse();
      rig.top().faults.regionZpages = 1;
      assertThat(rig.writeback.demote(0, false).claims(Claim.SECOND_CHANCE)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 0)).isZero();
    }
  }
}
