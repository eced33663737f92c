// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;

/** Sums of a snapshot that no single part counts. */
class StatsSnapshotTest {
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
