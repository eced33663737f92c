// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.stats.PolicyStats;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TenantStats;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ephemeral and incompressible pages under each policy, and the reasons why pages were dropped. */
class PolicyTest {
  private static StoreRig.Builder with(EphemeralPages ephemeral, IncompressiblePages policy) {
    return StoreRig.builder().policies(new StorePolicies(ephemeral, policy, List.of()));
  }

  private static StoreRig.Builder writingBack() {
    return with(EphemeralPages.WRITE_BACK, IncompressiblePages.KEEP);
  }

  private static PolicyStats stats(StoreRig rig) {
    return rig.store.stats().policies();
  }

  @Test
  void ephemeralPagesGoDownWhenTheyAreWrittenBack() {
    try (StoreRig rig = writingBack().open()) {
      rig.put(rig.cache, 1, 1, 1);
      assertThat(rig.writeback.demote(0, false).claims(Claim.TAKEN)).isEqualTo(1);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(1);
      assertThat(rig.below().liveZpages()).isEqualTo(1);
      assertThat(stats(rig).droppedForSpace()).isZero();
    }
  }

  @Test
  void theyAreDroppedWhereNothingLiesBelowOrNothingCanBeWritten() {
    try (StoreRig rig = writingBack().tiers(1).open()) {
      rig.put(rig.cache, 1, 1, 1);
      assertThat(rig.writeback.demote(0, false).claims(Claim.DROPPED)).isEqualTo(1);
      assertThat(stats(rig).droppedForSpace()).isEqualTo(1);
    }
    try (StoreRig rig = writingBack().open()) {
      rig.put(rig.cache, 1, 1, 1);
      rig.put(rig.swap, 1, 1, 1);
      rig.writeback.hierarchy.aim(0, ReclaimAim.ANY.withoutWriting());
      var round = rig.writeback.demote(0, true);
      assertThat(round.claims(Claim.DROPPED)).isEqualTo(1);
      assertThat(round.claims(Claim.STAYS)).isEqualTo(1);
    }
  }

  @Test
  void everyDropHasItsReason() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.cache, 1, 1, 1);
      rig.writeback.demote(0, true);
      assertThat(stats(rig).droppedForSpace()).isEqualTo(1);

      rig.put(rig.cache, 1, 2, 1);
      rig.put(rig.swap, 1, 2, 1);
      rig.top().faults.refuse(StoreIntent.PUT);
      rig.put(rig.cache, 1, 2, 2);
      rig.put(rig.swap, 1, 2, 2);
      rig.top().faults.refuse();
      assertThat(stats(rig).droppedAtRefusedPut()).isEqualTo(1);

      Pool doomed = rig.store.createPool("doomed", PoolKind.EPHEMERAL);
      rig.put(doomed, 1, 1, 1);
      rig.put(doomed, 1, 2, 1);
      rig.store.flush(doomed, 1, 2);
      rig.store.destroyPool(doomed);
      assertThat(stats(rig).droppedWithPool()).isEqualTo(1);

      Pool kept = rig.store.createPool("kept", PoolKind.PERSISTENT);
      rig.put(kept, 1, 1, 1);
      rig.store.destroyPool(kept);
      assertThat(stats(rig).droppedWithPool()).isEqualTo(1);
      assertThat(stats(rig).droppedLost()).isZero();
      assertThat(rig.store.stats().flushes()).as("asked for").isEqualTo(1);
    }
  }

  @Test
  void aPageThatGoesForItsTenantIsNotCountedAsOneThatGoesForSpace() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.cache, 1, 1, 1);
      rig.put(rig.cache, 1, 2, 1);
      rig.top().faults.regionZpages = 1;
      rig.writeback.hierarchy.aim(0, ReclaimAim.ofTenant(TenantLimits.DEFAULT_NAME));
      rig.writeback.demote(0, true);
      rig.writeback.hierarchy.aim(0, ReclaimAim.ANY);
      assertThat(stats(rig).droppedForTenant()).isEqualTo(1);
      assertThat(stats(rig).droppedForSpace()).isZero();
      assertThat(rig.store.stats().pages()).isEqualTo(1);
      rig.writeback.demote(0, true);
      assertThat(stats(rig).droppedForTenant()).isEqualTo(1);
      assertThat(stats(rig).droppedForSpace()).isEqualTo(1);
      assertThat(rig.store.stats().pages()).isZero();
    }
  }

  @Test
  void aDamagedEphemeralPageIsAbsentAndItsSpaceFree() {
    try (StoreRig rig = writingBack().open()) {
      rig.put(rig.cache, 1, 1, 1);
      rig.writeback.demote(0, true);
      rig.below().flipBit(rig.below().liveLocators().get(0), 400);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.store.stats().pages()).isZero();
      assertThat(rig.store.stats().corruptPages()).isEqualTo(1);
      assertThat(stats(rig).droppedLost()).isEqualTo(1);
    }
  }

  @Test
  void incompressiblePagesAreRefusedAtOnceAndLeaveNothingStale() {
    StoreRig.Builder builder = with(EphemeralPages.DROP, IncompressiblePages.REFUSE_TO_RAM);
    try (StoreRig rig = builder.open()) {
      rig.put(rig.swap, 1, 1, 1);
      rig.put(rig.cache, 1, 1, 1);
      rig.store.switchCodec(rig.none);
      byte[] page = PageStamp.page(rig.pageBytes, 1, 1, 2);
      assertThat(rig.store.put(rig.swap, 1, 1, page, 0))
          .isEqualTo(PutOutcome.REFUSED_INCOMPRESSIBLE);
      assertThat(rig.store.put(rig.cache, 1, 1, page, 0))
          .isEqualTo(PutOutcome.REFUSED_INCOMPRESSIBLE);
      assertThat(rig.store.put(rig.swap, 1, 3, new byte[rig.pageBytes], 0))
          .as("a same-filled page takes no memory")
          .isEqualTo(PutOutcome.STORED);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
      assertThat(stats(rig).putsRefusedIncompressible()).isEqualTo(2);
      assertThat(rig.store.stats().stalls()).isZero();
    }
  }

  @Test
  void incompressiblePagesGoFirstWhenThereAreEnoughOfThem() {
    StoreRig.Builder builder = with(EphemeralPages.DROP, IncompressiblePages.WRITE_BACK_FIRST);
    try (StoreRig rig = builder.open()) {
      for (int i = 0; i < 4; i++) {
        rig.put(rig.swap, 1, i, 1);
      }
      rig.store.switchCodec(rig.none);
      rig.put(rig.swap, 2, 0, 1);
      rig.put(rig.swap, 2, 1, 1);
      TenantStats owner = stats(rig).tenant(TenantLimits.DEFAULT_NAME);
      assertThat(owner.incompressibleBytes()).isBetween(8192L, 8400L);
      assertThat(owner.putsIncompressible()).isEqualTo(2);
      assertThat(rig.writeback.hierarchy.firstToGo(0, 1 << 20)).isNull();
      var need = rig.writeback.hierarchy.firstToGo(0, 8192);
      rig.writeback.hierarchy.aim(0, need.aim());
      var round = rig.writeback.demote(0, false);
      assertThat(round.claims(Claim.TAKEN)).isEqualTo(2);
      assertThat(round.claims(Claim.STAYS)).isEqualTo(4);
      assertThat(stats(rig).tenant(TenantLimits.DEFAULT_NAME).incompressibleBytes()).isZero();
    }
  }

  @Test
  void underTheUsualPolicyTheyLeaveByAgeAlone() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.store.switchCodec(rig.none);
      rig.put(rig.swap, 1, 1, 1);
      assertThat(rig.writeback.hierarchy.firstToGo(0, 1)).isNull();
    }
  }

  @Test
  void aPageThatDoesNotShrinkIsCompressedOnceWhereverItGoes() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.store.switchCodec(rig.none);
      rig.put(rig.swap, 1, 1, 1);
      assertThat(rig.none.compressions.get()).isEqualTo(1);
      rig.top().maintain();
      rig.writeback.demote(0, true);
      rig.below().maintain();
      rig.get(rig.swap, 1, 1);
      rig.get(rig.swap, 1, 1);
      rig.writeback.demote(0, false);
      rig.writeback.demote(0, false);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
      assertThat(rig.none.compressions.get()).isEqualTo(1);
      rig.put(rig.swap, 1, 1, 2);
      assertThat(rig.none.compressions.get()).isEqualTo(2);
    }
  }
}
