// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.testing.DailyBudgets;
import io.pagestrata.core.testing.StepWriteback.Round;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.WriteBudget;
import org.junit.jupiter.api.Test;

/**
 * All pools of a tenant are destroyed while its pages are claimed, written or committed. The drain
 * goes on with the others and ends; its account falls to zero, and bytes of its budget that were
 * not written come back.
 */
class H35_tenantVanishesDuringTheDrain {
  private final WriteBudget budget = DailyBudgets.of("tenant:a", 1 << 20);

  private StoreRig open() {
    return StoreRig.builder().policies(DailyBudgets.ofTenant(budget)).open();
  }

  private static Pool fill(StoreRig rig) {
    Pool pool = rig.store.createPool(PoolSpec.of("own", PoolKind.PERSISTENT).ownedBy("a"));
    for (int i = 0; i < 5; i++) {
      rig.put(pool, 1, i, 1);
      rig.put(rig.swap, 1, i, 1);
    }
    return pool;
  }

  private static void assertNothingHeld(StoreRig rig) {
    TenantStats tenant = rig.store.stats().policies().tenant("a");
    assertThat(tenant.bytesByTier()).containsExactly(0L, 0L);
    assertThat(tenant.pages()).isZero();
    for (int i = 0; i < 5; i++) {
      assertThat(rig.get(rig.swap, 1, i)).isEqualTo(1);
    }
  }

  @Test
  void betweenClaimAndCommit() {
    try (StoreRig rig = open()) {
      Pool pool = fill(rig);
      Round round = rig.writeback.collect(0, true);
      rig.store.destroyPool(pool);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round))
          .containsOnly(Commit.LOST, Commit.DEMOTED)
          .filteredOn(commit -> commit == Commit.LOST)
          .hasSize(5);
      assertNothingHeld(rig);
      assertThat(budget.stats().usedTodayBytes()).as("they were written").isPositive();
    }
  }

  @Test
  void betweenClaimAndCancel() {
    try (StoreRig rig = open()) {
      Pool pool = fill(rig);
      Round round = rig.writeback.collect(0, true);
      assertThat(budget.stats().usedTodayBytes()).isPositive();
      rig.store.destroyPool(pool);
      rig.writeback.cancel(round);
      assertThat(budget.stats().usedTodayBytes()).isZero();
      assertNothingHeld(rig);
    }
  }

  @Test
  void beforeAWalkThatIsAfterItsPagesAlone() {
    try (StoreRig rig = open()) {
      Pool pool = fill(rig);
      rig.writeback.hierarchy.aim(0, ReclaimAim.ofTenant("a"));
      rig.store.destroyPool(pool);
      Round round = rig.writeback.demote(0, true);
      assertThat(round.claims(Claim.TAKEN)).isZero();
      assertThat(rig.writeback.hierarchy.needs(0)).isEmpty();
      rig.writeback.hierarchy.aim(0, ReclaimAim.ANY.fair(true));
      assertThat(rig.writeback.demote(0, false).claims(Claim.TAKEN)).isEqualTo(5);
      assertNothingHeld(rig);
    }
  }
}
