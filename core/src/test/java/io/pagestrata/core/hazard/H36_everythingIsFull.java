// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fails: every put, since pool and lower tier are full; reclaim announces room that is none.
 * Succeeds: every get. Must hold: a put fails within its bounded wait, is counted, and works again
 * once there is room.
 */
class H36_everythingIsFull {
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPutFailsWithinItsBoundAndWorksAgainLater() {
    int slots = 4;
    StoreRig.Builder builder = StoreRig.builder().slots(slots).putWait(Duration.ofMillis(20));
    try (StoreRig rig = builder.open()) {
      for (int i = 0; i < slots; i++) {
        assertThat(rig.put(rig.swap, 1, i, 1)).isTrue();
      }
      rig.below().faults.batchOutcome = TierOutcome.FULL;
      rig.top()
          .faults
          .onRefusal(
              () -> {
                rig.writeback.demote(0, true);
                rig.top().host().spaceFreed();
              });
      byte[] page = PageStamp.page(rig.pageBytes, 1, 9, 1);
      for (TierState state : TierState.values()) {
        rig.below().faults.state = state;
        assertThat(rig.store.put(rig.swap, 1, 9, page, 0))
            .isEqualTo(
                state == TierState.OVER_BUDGET
                    ? PutOutcome.REFUSED_BUDGET
                    : PutOutcome.REFUSED_FULL);
      }
      assertThat(rig.store.stats().putsRefusedFull()).isEqualTo(TierState.values().length - 1);
      assertThat(rig.store.stats().policies().putsRefusedBudget()).isEqualTo(1);
      for (int i = 0; i < slots; i++) {
        assertThat(rig.get(rig.swap, 1, i)).isEqualTo(1);
      }
      rig.below().faults.batchOutcome = TierOutcome.STORED;
      assertThat(rig.store.put(rig.swap, 1, 9, page, 0)).isEqualTo(PutOutcome.STORED);
    }
  }
}
