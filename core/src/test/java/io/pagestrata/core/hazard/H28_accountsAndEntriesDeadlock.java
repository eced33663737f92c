// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.testing.ManualClock;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.WriteBudget;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Charging a tenant happens in the middle of puts, claims, commits and removals, some of which hold
 * a lock of the page table: no order of them may deadlock, and accounts are exact afterwards.
 */
class H28_accountsAndEntriesDeadlock {
  private static final int ROUNDS = 1500;

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void chargesUnderEveryLockEnd() {
    WriteBudget budget =
        new WriteBudget(
            "tenant:a", WriteBudget.NO_LIMIT, 1 << 20, new ManualClock(), InstantSource.system());
    TenantLimits a = new TenantLimits("a", 2, 50_000, 90_000, Integer.MAX_VALUE, budget);
    StoreRig.Builder builder =
        StoreRig.builder()
            .slots(64)
            .putWait(Duration.ofMillis(1))
            .promoteAlways()
            .policies(
                new StorePolicies(EphemeralPages.WRITE_BACK, IncompressiblePages.KEEP, List.of(a)));
    try (StoreRig rig = builder.open()) {
      Pool pool = rig.store.createPool(PoolSpec.of("own", PoolKind.PERSISTENT).ownedBy("a"));
      List<Threads.Task> tasks = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        Random random = new Random(t);
        tasks.add(() -> change(rig, pool, random));
      }
      tasks.add(
          () -> {
            for (int i = 0; i < 300; i++) {
              rig.writeback.hierarchy.aim(
                  0, i % 2 == 0 ? ReclaimAim.ofTenant("a") : ReclaimAim.ANY.fair(true));
              rig.writeback.hierarchy.needs(0);
              rig.writeback.demote(0, i % 3 == 0);
              rig.tiers.get(i % 2).maintain();
              rig.store.stats();
            }
          });
      Threads.run(tasks);
    }
  }

  private static void change(StoreRig rig, Pool own, Random random) {
    for (int i = 0; i < ROUNDS; i++) {
      Pool pool = random.nextBoolean() ? own : rig.cache;
      int key = random.nextInt(60);
      switch (random.nextInt(6)) {
        case 0 -> rig.store.flushObject(pool, 1);
        case 1 -> rig.take(pool, 1, key);
        case 2 -> rig.get(pool, 1, key);
        default -> rig.put(pool, 1, key, i);
      }
    }
  }
}
