// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;

/**
 * A tier that has checked a zpage itself leaves its checksum to whoever passes it on: nobody misses
 * it, and no zpage without one comes to rest above, where it is verified in these stores.
 */
class VouchingTierTest {
  private static final int PAGES = 8;

  private static void sink(StoreRig rig) {
    for (int i = 0; i < PAGES; i++) {
      rig.put(rig.swap, 1, i, i);
    }
    rig.writeback.demote(0, true);
    rig.below().faults.vouches = true;
  }

  private static void assertAllAreRead(StoreRig rig) {
    for (int i = 0; i < PAGES; i++) {
      assertThat(rig.get(rig.swap, 1, i)).isEqualTo(i);
    }
  }

  @Test
  void pagesAreReadBelow() {
    try (StoreRig rig = StoreRig.builder().open()) {
      sink(rig);
      assertAllAreRead(rig);
      assertThat(rig.store.stats().hitsByTier().get(1)).isEqualTo(PAGES);
      assertThat(rig.take(rig.swap, 1, 3)).isEqualTo(3);
    }
  }

  @Test
  void promotedPagesHaveTheirChecksumAgain() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      sink(rig);
      assertAllAreRead(rig);
      assertThat(rig.store.stats().promotions()).isEqualTo(PAGES);
      assertAllAreRead(rig);
      assertThat(rig.store.stats().hitsByTier()).containsExactly((long) PAGES, (long) PAGES);
    }
  }

  @Test
  void prefetchedPagesHaveTheirChecksumAgain() {
    try (StoreRig rig = StoreRig.builder().open()) {
      sink(rig);
      assertThat(rig.store.prefetch(rig.swap, 1, 0, PAGES)).isEqualTo(PAGES);
      assertAllAreRead(rig);
      assertThat(rig.store.stats().hitsByTier()).containsExactly((long) PAGES, 0L);
    }
  }
}
