// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.testing.StepWriteback;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.ZpageHeader;
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

  /** The stamp of the new version is that of the old one, and both are being written. */
  @Test
  void overwrittenUntilTheStampComesBack() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      var old = rig.writeback.collect(0, true);
      // A put takes one generation, and so does a flush.
      for (int i = 2; i < Entry.STAMPS; i++) {
        rig.put(rig.swap, 1, 2, i);
      }
      rig.store.flush(rig.swap, 1, 2);
      rig.put(rig.swap, 1, 1, 2);
      var young = rig.writeback.collect(0, true);
      assertThat(generation(young) - generation(old)).isEqualTo(Entry.STAMPS);
      rig.writeback.write(old);
      assertThat(rig.writeback.commit(old)).containsExactly(Commit.LOST);
      rig.writeback.write(young);
      assertThat(rig.writeback.commit(young)).containsExactly(Commit.DEMOTED);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(2);
    }
  }

  private static long generation(StepWriteback.Round round) {
    return ZpageHeader.generation(round.batch.data(), round.batch.offset(0));
  }

  @Test
  void cancelledDuringTheWrite() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      rig.writeback.hierarchy.cancel(0, round.batch, 0);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.LOST);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
    }
  }
}
