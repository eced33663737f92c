// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.movement.ReclaimNeed;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.testing.DailyBudgets;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.WriteBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits, shares and accounts of tenants; the rig compares the accounts with a walk at its end. */
class TenantTest {
  private static final int PAGE_BYTES = 4096;

  private static TenantLimits limits(String name, long ramBytes, long totalBytes, int lowestTier) {
    return new TenantLimits(name, 1, ramBytes, totalBytes, lowestTier, WriteBudget.UNLIMITED);
  }

  private static TenantLimits weighted(String name, int weight) {
    return unlimited(name, weight, WriteBudget.UNLIMITED);
  }

  private static TenantLimits written(String name, WriteBudget budget) {
    return unlimited(name, 1, budget);
  }

  private static TenantLimits unlimited(String name, int weight, WriteBudget budget) {
    return new TenantLimits(
        name, weight, TenantLimits.NO_LIMIT, TenantLimits.NO_LIMIT, Integer.MAX_VALUE, budget);
  }

  private static WriteBudget budget(long bytesPerDay) {
    return DailyBudgets.of("tenant:a", bytesPerDay);
  }

  private static StoreRig.Builder with(TenantLimits... tenants) {
    return StoreRig.builder()
        .policies(
            new StorePolicies(EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(tenants)));
  }

  private static Pool pool(StoreRig rig, String name, String tenant) {
    return rig.store.createPool(PoolSpec.of(name, PoolKind.PERSISTENT).ownedBy(tenant));
  }

  private static TenantStats tenant(StoreRig rig, String name) {
    return rig.store.stats().policies().tenant(name);
  }

  private static PutOutcome put(StoreRig rig, Pool pool, int index, long version) {
    return rig.store.put(pool, 1, index, PageStamp.page(PAGE_BYTES, 1, index, version), 0);
  }

  @Test
  void whatAPageTakesFollowsItThroughTheTiersAndEndsAtZero() {
    try (StoreRig rig = with(weighted("a", 1)).promoteAlways().open()) {
      Pool pool = pool(rig, "p", "a");
      put(rig, pool, 1, 1);
      long bytes = tenant(rig, "a").ramBytes();
      assertThat(bytes).isPositive();
      assertThat(tenant(rig, "a").bytesByTier()).containsExactly(bytes, 0L);
      rig.writeback.demote(0, true);
      assertThat(tenant(rig, "a").bytesByTier()).containsExactly(0L, bytes);
      rig.get(pool, 1, 1);
      assertThat(tenant(rig, "a").bytesByTier()).containsExactly(bytes, bytes);
      rig.below().maintain();
      assertThat(tenant(rig, "a").bytesByTier()).containsExactly(bytes, 0L);
      rig.top().maintain();
      put(rig, pool, 1, 2);
      assertThat(tenant(rig, "a").bytesByTier()).containsExactly(bytes, 0L);
      assertThat(tenant(rig, "a").pages()).isEqualTo(1);
      rig.store.destroyPool(pool);
      assertThat(tenant(rig, "a").bytesByTier()).containsExactly(0L, 0L);
      assertThat(tenant(rig, "a").pages()).isZero();
      assertThat(tenant(rig, "default").puts()).isZero();
    }
  }

  @Test
  void aNewPageBeyondTheLimitIsRefusedButOldOnesMayBeRewritten() {
    try (StoreRig rig = with(limits("a", 20_000, TenantLimits.NO_LIMIT, 1)).open()) {
      Pool pool = pool(rig, "p", "a");
      int fits = 0;
      while (put(rig, pool, fits, 1) == PutOutcome.STORED) {
        fits++;
      }
      assertThat(tenant(rig, "a").ramBytes()).isBetween(15_000L, 20_000L);
      assertThat(put(rig, pool, fits, 1)).isEqualTo(PutOutcome.REFUSED_TENANT_LIMIT);
      assertThat(put(rig, pool, 0, 2)).isEqualTo(PutOutcome.STORED);
      assertThat(rig.put(rig.swap, 1, 1, 1)).as("another tenant").isTrue();
      rig.store.flush(pool, 1, 0);
      assertThat(put(rig, pool, fits, 1)).isEqualTo(PutOutcome.STORED);
      assertThat(tenant(rig, "a").putsRefused()).isEqualTo(2);
      assertThat(rig.store.stats().policies().putsRefusedTenantLimit()).isEqualTo(2);
      assertThat(rig.store.stats().putsRefusedFull()).isZero();
    }
  }

  @Test
  void theLimitOfAllTiersHoldsWhereverThePagesAre() {
    try (StoreRig rig = with(limits("a", TenantLimits.NO_LIMIT, 20_000, 1)).open()) {
      Pool pool = pool(rig, "p", "a");
      int fits = 0;
      while (put(rig, pool, fits, 1) == PutOutcome.STORED) {
        fits++;
        rig.writeback.demote(0, true);
      }
      assertThat(fits).isGreaterThan(3);
      assertThat(tenant(rig, "a").ramBytes()).isZero();
      assertThat(put(rig, pool, fits, 1)).isEqualTo(PutOutcome.REFUSED_TENANT_LIMIT);
      assertThat(put(rig, pool, 0, 2))
          .as("the copy below dies for it")
          .isEqualTo(PutOutcome.STORED);
    }
  }

  @Test
  void aTenantAtItsLimitGetsNoPromotion() {
    StoreRig.Builder builder = with(limits("a", 3000, TenantLimits.NO_LIMIT, 1)).promoteAlways();
    try (StoreRig rig = builder.open()) {
      Pool pool = pool(rig, "p", "a");
      put(rig, pool, 1, 1);
      rig.writeback.demote(0, true);
      put(rig, pool, 2, 1);
      assertThat(rig.get(pool, 1, 1)).isEqualTo(1);
      assertThat(rig.store.stats().promotions()).isZero();
      rig.store.flush(pool, 1, 2);
      assertThat(rig.get(pool, 1, 1)).isEqualTo(1);
      assertThat(rig.store.stats().promotions()).isEqualTo(1);
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPutAtTheLimitWaitsForItsOwnPagesToLeave() {
    StoreRig.Builder builder =
        with(limits("a", 20_000, TenantLimits.NO_LIMIT, 1)).putWait(Duration.ofSeconds(50));
    try (StoreRig rig = builder.open()) {
      Pool pool = pool(rig, "p", "a");
      for (int i = 0; tenant(rig, "a").ramBytes() < 18_500; i++) {
        put(rig, pool, i, 1);
      }
      Threads.run(
          List.of(
              () -> assertThat(put(rig, pool, 90, 1)).isEqualTo(PutOutcome.STORED),
              () -> {
                while (rig.store.stats().stalls() == 0) {
                  Thread.onSpinWait();
                }
                assertThat(rig.writeback.wakes).hasPositiveValue();
                ReclaimNeed need = rig.writeback.hierarchy.needs(0).get(0);
                assertThat(need.aim()).isEqualTo(ReclaimAim.ofTenant("a"));
                rig.writeback.demote(0, true);
              }));
      assertThat(rig.store.stats().policies().putsRefusedTenantLimit()).isZero();
    }
  }

  @Test
  void aTenantNearItsLimitNeedsRoomBeforeAnyPutWaits() {
    try (StoreRig rig = with(limits("a", 64_000, TenantLimits.NO_LIMIT, 1)).open()) {
      Pool pool = pool(rig, "p", "a");
      assertThat(rig.writeback.hierarchy.needs(0)).isEmpty();
      for (int i = 0; tenant(rig, "a").ramBytes() <= 60_000; i++) {
        assertThat(rig.writeback.hierarchy.needs(0)).isEmpty();
        put(rig, pool, i, 1);
      }
      ReclaimNeed need = rig.writeback.hierarchy.needs(0).get(0);
      assertThat(need.leaveBytes()).isEqualTo(tenant(rig, "a").ramBytes() - 56_000);
      assertThat(need.heldBytes()).isEqualTo(tenant(rig, "a").ramBytes());
    }
  }

  @Test
  void underShortageWhoIsBelowItsShareIsSparedAndTheOthersOldestGo() {
    try (StoreRig rig = with(weighted("small", 3), weighted("large", 1)).open()) {
      Pool small = pool(rig, "s", "small");
      Pool large = pool(rig, "l", "large");
      for (int i = 0; i < 5; i++) {
        put(rig, small, i, 1);
      }
      for (int i = 0; i < 5; i++) {
        put(rig, large, i, 1);
      }
      rig.top().faults.regionZpages = 7;
      rig.writeback.hierarchy.aim(0, ReclaimAim.ANY.fair(true));
      var round = rig.writeback.demote(0, false);
      assertThat(round.claims(Claim.MOVED)).isEqualTo(5);
      assertThat(round.claims(Claim.TAKEN)).isEqualTo(2);
      assertThat(tenant(rig, "small").bytesByTier().get(1)).isZero();
      assertThat(tenant(rig, "large").bytesByTier().get(1)).isPositive();
    }
  }

  @Test
  void sharesNeverSpareEverybody() {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      int count = 2 + random.nextInt(4);
      TenantLimits[] tenants = new TenantLimits[count];
      for (int i = 0; i < count; i++) {
        tenants[i] = weighted("t" + i, 1 + random.nextInt(9));
      }
      try (StoreRig rig = with(tenants).open()) {
        for (int i = 0; i < count; i++) {
          Pool pool = pool(rig, "p" + i, "t" + i);
          int pages = random.nextInt(10);
          for (int k = 0; k < pages; k++) {
            put(rig, pool, k, 1);
          }
        }
        rig.put(rig.swap, 1, 1, 1);
        rig.writeback.hierarchy.aim(0, ReclaimAim.ANY.fair(true));
        assertThat(rig.writeback.demote(0, false).claims(Claim.TAKEN)).isPositive();
      }
    }
  }

  @Test
  void pagesOfATenantWithoutDiskMoveWithinRamAndMayNotLeaveByForce() {
    try (StoreRig rig = with(limits("a", TenantLimits.NO_LIMIT, TenantLimits.NO_LIMIT, 0)).open()) {
      Pool pool = pool(rig, "p", "a");
      Pool cache = rig.store.createPool(PoolSpec.of("c", PoolKind.EPHEMERAL).ownedBy("a"));
      put(rig, pool, 1, 1);
      put(rig, cache, 2, 1);
      var gentle = rig.writeback.demote(0, false);
      assertThat(gentle.claims(Claim.MOVED)).isEqualTo(1);
      assertThat(gentle.claims(Claim.DROPPED)).isEqualTo(1);
      assertThat(rig.writeback.demote(0, true).claims(Claim.STAYS)).isEqualTo(1);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.get(pool, 1, 1)).isEqualTo(1);
    }
  }

  @Test
  void aWriteBudgetOfATenantStopsItsPagesAloneAndAFailedWriteGivesItBack() {
    WriteBudget budget = budget(5000);
    try (StoreRig rig = with(written("a", budget)).open()) {
      Pool pool = pool(rig, "p", "a");
      for (int i = 0; i < 5; i++) {
        put(rig, pool, i, 1);
        rig.put(rig.swap, 2, i, 1);
      }
      var failed = rig.writeback.collect(0, true);
      assertThat(failed.claims(Claim.TAKEN)).isEqualTo(7);
      rig.writeback.cancel(failed);
      assertThat(budget.leftTodayBytes()).isEqualTo(5000);

      var round = rig.writeback.demote(0, true);
      assertThat(round.claims(Claim.TAKEN)).isEqualTo(7);
      assertThat(round.claims(Claim.STAYS)).isEqualTo(3);
      assertThat(budget.stats().usedTodayBytes())
          .isBetween(1L, 5000L)
          .isEqualTo(tenant(rig, "a").bytesByTier().get(1));
      assertThat(rig.store.stats().policies().budgets()).containsExactly(budget.stats());
    }
  }

  /** Only what came to rest on disk wears it: replicas elsewhere do not. */
  @Test
  void aWriteBudgetIsNotSpentOnZpagesThatWentToReplicas() {
    WriteBudget budget = budget(100_000);
    try (StoreRig rig = with(written("a", budget)).lossyMiddle().open()) {
      rig.lossy.mirrored = false;
      Pool pool = pool(rig, "p", "a");
      put(rig, pool, 1, 1);
      rig.writeback.demote(0, true);
      assertThat(tenant(rig, "a").bytesByTier().get(1)).isPositive();
      assertThat(budget.stats().usedTodayBytes()).isZero();

      rig.below().faults.batchOutcome = TierOutcome.FULL;
      put(rig, pool, 2, 1);
      rig.writeback.demote(0, true);
      assertThat(budget.stats().usedTodayBytes())
          .isPositive()
          .isEqualTo(tenant(rig, "a").bytesByTier().get(2));
    }
  }

  @Test
  void anAimAtOneTenantLeavesTheOthersAlone() {
    try (StoreRig rig = with(weighted("a", 1)).open()) {
      Pool pool = pool(rig, "p", "a");
      put(rig, pool, 1, 1);
      rig.put(rig.swap, 1, 1, 1);
      rig.writeback.hierarchy.aim(0, ReclaimAim.ofTenant("a"));
      var round = rig.writeback.demote(0, true);
      assertThat(round.claims(Claim.TAKEN)).isEqualTo(1);
      assertThat(round.claims(Claim.STAYS)).isEqualTo(1);
      assertThat(tenant(rig, "default").bytesByTier().get(1)).isZero();
    }
  }

  @Test
  void unknownTenantsAndEqualNamesAreRefused() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThatThrownBy(() -> pool(rig, "p", "nobody")).hasMessageContaining("nobody");
      WritebackRequest request = WritebackRequest.everything().ofTenant("nobody");
      assertThatThrownBy(() -> rig.store.writeBack(request)).hasMessageContaining("nobody");
      assertThat(rig.store.pool("p")).isEmpty();
    }
    assertThatThrownBy(() -> with(weighted("a", 1), weighted("a", 2)))
        .hasMessageContaining("two tenants");
    assertThatThrownBy(() -> weighted("a b", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> weighted("a", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void accountsAreExactAfterAStormOfEverything() {
    StoreRig.Builder builder =
        with(limits("a", 60_000, 120_000, 1), weighted("b", 5)).slots(128).promoteAlways();
    try (StoreRig rig = builder.open()) {
      List<Pool> pools = List.of(pool(rig, "a", "a"), pool(rig, "b", "b"), rig.swap, rig.cache);
      List<Threads.Task> tasks = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        Random random = new Random(t);
        tasks.add(() -> operate(rig, pools, random));
      }
      tasks.add(
          () -> {
            for (int i = 0; i < 300; i++) {
              rig.writeback.hierarchy.aim(0, ReclaimAim.ANY.fair(i % 2 == 0));
              rig.writeback.demote(0, i % 3 == 0);
              rig.store.stats();
            }
          });
      tasks.add(
          () -> {
            for (int i = 0; i < 100; i++) {
              rig.tiers.get(i % 2).maintain();
            }
          });
      Threads.run(tasks);
    }
  }

  private static void operate(StoreRig rig, List<Pool> pools, Random random) {
    for (int i = 0; i < 3000; i++) {
      Pool pool = pools.get(random.nextInt(pools.size()));
      int key = random.nextInt(40);
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> put(rig, pool, key, i);
        case 3 -> rig.get(pool, 1, key);
        case 4 -> rig.take(pool, 1, key);
        default -> rig.store.flushRange(pool, 1, key, random.nextInt(4));
      }
    }
  }
}
