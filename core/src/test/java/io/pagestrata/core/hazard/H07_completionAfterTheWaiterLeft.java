// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Fails: the waiter; its put times out, its page, object or pool is removed, the store closes.
 * Succeeds: the write in flight, which ends only afterwards. Must hold: the completion touches
 * nothing of the waiter, frees what it wrote, leaves no shadow.
 */
class H07_completionAfterTheWaiterLeft {
  @Test
  void afterAPutTimedOut() {
    StoreRig.Builder builder = StoreRig.builder().putWait(Duration.ofMillis(1));
    try (StoreRig rig = builder.open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(rig.put(rig.swap, 1, 2, 1)).isFalse();
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.DEMOTED);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
    }
  }

  @Test
  void afterTheObjectOrThePoolWasRemoved() {
    try (StoreRig rig = StoreRig.builder().open()) {
      Pool doomed = rig.store.createPool("doomed", PoolKind.PERSISTENT);
      rig.put(doomed, 1, 1, 1);
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      rig.writeback.write(round);
      rig.store.destroyPool(doomed);
      rig.store.flushObject(rig.swap, 1);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.LOST, Commit.LOST);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.top().liveZpages()).isZero();
    }
  }

  @Test
  void whileTheStoreCloses() {
    StoreRig rig = StoreRig.builder().open();
    rig.put(rig.swap, 1, 1, 1);
    var round = rig.writeback.collect(0, true);
    rig.writeback.write(round);
    rig.writeback.onClose(
        () -> assertThat(rig.writeback.commit(round)).containsExactly(Commit.DEMOTED));
    rig.store.close();
    assertThat(rig.below().liveZpages()).isEqualTo(1);
    assertThat(rig.top().liveZpages()).isZero();
    rig.close();
  }
}
