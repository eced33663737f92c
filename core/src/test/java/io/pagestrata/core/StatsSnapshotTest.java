// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;

/** Sums of a snapshot that no single part counts. */
class StatsSnapshotTest {
  @Test
  void pagesThatAreDroppedOrFlushedOneByOneLeaveNoPageTable() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThat(rig.put(rig.cache, 0, 0, 1)).isTrue();
      long before = rig.store.stats().pageTableBytes();
      for (int object = 1; object <= 20; object++) {
        assertThat(rig.put(rig.cache, object, 3, 1)).isTrue();
        assertThat(rig.put(rig.swap, object, 3, 1)).isTrue();
      }
      for (int object = 1; object <= 20; object++) {
        assertThat(rig.store.flush(rig.swap, object, 3)).isTrue();
      }
      rig.get(rig.cache, 0, 0);
      assertThat(rig.writeback.demote(0, false).claims(Claim.DROPPED)).isEqualTo(20);
      rig.writeback.hierarchy.tidy();
      assertThat(rig.store.stats().pageTableBytes()).isEqualTo(before);
      assertThat(rig.get(rig.cache, 0, 0)).isEqualTo(1);
      assertThat(rig.get(rig.cache, 5, 3)).isEqualTo(-1);
    }
  }

  /** A tier keeps free blocks charged, writeback its batches: neither is page table. */
  @Test
  void pageTableBytesAreWhatTheStoreItselfCharged() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 1)).isTrue();
      long before = rig.store.stats().pageTableBytes();
      assertThat(before).isPositive().isEqualTo(rig.budget.usedBytes());

      long spareBytes = 8 << 20;
      assertThat(rig.budget.tryCharge(spareBytes)).isTrue();
      assertThat(rig.store.stats().pageTableBytes()).isEqualTo(before);
      assertThat(rig.store.stats().budgetUsedBytes()).isEqualTo(before + spareBytes);

      assertThat(rig.put(rig.swap, 2, 1, 1)).isTrue();
      assertThat(rig.store.stats().pageTableBytes()).isGreaterThan(before);
      assertThat(rig.store.flushObject(rig.swap, 2)).isEqualTo(1);
      assertThat(rig.store.stats().pageTableBytes()).isEqualTo(before);
    }
  }
}
