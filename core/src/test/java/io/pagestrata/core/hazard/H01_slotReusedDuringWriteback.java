// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;

/**
 * Fails: nothing; between the choice of a victim and its commit the page is removed and put again,
 * into the very slot that the victim had. Succeeds: the write of the old bytes. Must hold: the
 * commit aborts, the new content is read, the old bytes below are dead.
 */
class H01_slotReusedDuringWriteback {
  @Test
  void removedAndPutAgainBeforeTheWrite() {
    try (StoreRig rig = StoreRig.builder().slots(2).open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      rig.store.flush(rig.swap, 1, 1);
      rig.put(rig.swap, 1, 1, 2);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.LOST);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(2);
      assertThat(rig.below().liveZpages()).isZero();
    }
  }

  @Test
  void overwrittenDuringTheWrite() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      rig.below().faults.onceBeforeStore(() -> rig.put(rig.swap, 1, 1, 2));
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.LOST);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(2);
    }
  }

  @Test
  void takenAndAnotherPageInItsSlot() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.take(rig.swap, 1, 1)).isEqualTo(1);
      rig.put(rig.swap, 1, 2, 5);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.LOST);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(-1);
      assertThat(rig.get(rig.swap, 1, 2)).isEqualTo(5);
    }
  }
}
