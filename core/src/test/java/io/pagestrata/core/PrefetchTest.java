// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import org.junit.jupiter.api.Test;

/** Prefetch brings pages up without decompressing them and keeps the copies below as backing. */
class PrefetchTest {
  private static void sink(StoreRig rig, int pages) {
    for (int i = 0; i < pages; i++) {
      rig.put(rig.swap, 1, i * 100, i);
    }
    rig.writeback.demote(0, true);
  }

  @Test
  void aRangeComesUpAndGoesDownAgainWithoutAWrite() {
    try (StoreRig rig = StoreRig.builder().open()) {
      sink(rig, 8);
      long decompressed = rig.store.stats().decompressions();
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1000)).isEqualTo(8);
      assertThat(rig.top().liveZpages()).isEqualTo(8);
      assertThat(rig.below().liveZpages()).isEqualTo(8);
      assertThat(rig.store.stats().decompressions()).isEqualTo(decompressed);
      assertThat(rig.store.stats().prefetched()).isEqualTo(8);
      assertThat(rig.store.stats().promotions()).isZero();
      for (int i = 0; i < 8; i++) {
        assertThat(rig.get(rig.swap, 1, i * 100)).isEqualTo(i);
      }
      assertThat(rig.store.stats().hitsByTier()).containsExactly(8L, 0L);

      assertThat(rig.writeback.demote(0, false).claims(Claim.SECOND_CHANCE)).isEqualTo(8);
      var clean = rig.writeback.demote(0, false);
      assertThat(clean.claims(Claim.EVICTED_CLEAN)).isEqualTo(8);
      assertThat(clean.batch.count()).isZero();
      assertThat(rig.get(rig.swap, 1, 700)).isEqualTo(7);
    }
  }

  @Test
  void whatIsInRamOrSameFilledCountsAndWhatIsAbsentDoesNot() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 3, 1);
      rig.store.put(rig.swap, 1, 5, new byte[rig.pageBytes], 0);
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1L << 32)).isEqualTo(2);
      assertThat(rig.store.prefetch(rig.swap, 1, 4, 1)).isZero();
      assertThat(rig.store.prefetch(rig.swap, 9, 0, 100)).isZero();
      assertThat(rig.store.stats().prefetched()).isZero();
    }
  }

  @Test
  void itEndsWhereRoomEndsAndNothingIsLost() {
    try (StoreRig rig = StoreRig.builder().slots(8).open()) {
      sink(rig, 8);
      for (int i = 0; i < 5; i++) {
        rig.put(rig.swap, 2, i, 1);
      }
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1000)).isEqualTo(3);
      rig.top().faults.refuse(StoreIntent.PROMOTION);
      assertThat(rig.store.prefetch(rig.swap, 1, 500, 1000)).isZero();
      for (int i = 0; i < 8; i++) {
        assertThat(rig.get(rig.swap, 1, i * 100)).isEqualTo(i);
      }
    }
  }

  @Test
  void pagesThatCannotBeReadAreSkipped() {
    try (StoreRig rig = StoreRig.builder().open()) {
      sink(rig, 3);
      long second = rig.below().liveLocators().get(1);
      rig.below().flipBit(second, 300);
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1000)).isEqualTo(2);
      rig.below().flipBit(second, 300);
      rig.below().faults.failReads(true);
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1000)).isEqualTo(2);
      rig.below().faults.failReads(false);
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1000)).isEqualTo(3);
    }
  }

  @Test
  void aPageThatChangesUnderItIsLookedAtAgain() {
    try (StoreRig rig = StoreRig.builder().open()) {
      sink(rig, 1);
      rig.below().faults.onceBeforeRead(() -> rig.put(rig.swap, 1, 0, 9));
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(9);
      assertThat(rig.below().liveZpages()).isZero();
    }
  }

  @Test
  void throughThreeTiersTheLowestCopyBacks() {
    StoreRig.Builder three = StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN);
    try (StoreRig rig = three.open()) {
      sink(rig, 4);
      rig.writeback.demote(1, true);
      assertThat(rig.tiers.get(2).liveZpages()).isEqualTo(4);
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 1000)).isEqualTo(4);
      assertThat(rig.top().liveZpages()).isEqualTo(4);
      assertThat(rig.writeback.demote(0, true).claims(Claim.EVICTED_CLEAN)).isEqualTo(4);
    }
  }
}
