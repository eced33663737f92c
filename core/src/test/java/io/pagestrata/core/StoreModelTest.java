// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StepWriteback;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.WriteBudget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The whole state machine of an entry against a plain map: put, get, take and flush between the
 * steps of writeback, cleaning and promotion, one thread, checked after each step.
 */
class StoreModelTest {
  private static final int KEYS = 6;

  /** So few that pages which share are often the same. */
  private static final int VERSIONS = 3;

  @Test
  void twoTiers() {
    for (long seed = 0; seed < 60; seed++) {
      new Run(2, seed).run(400);
    }
  }

  @Test
  void threeTiers() {
    for (long seed = 1_000; seed < 1_060; seed++) {
      new Run(3, seed).run(400);
    }
  }

  @Test
  void twoTiersWithPagesThatShare() {
    for (long seed = 5_000; seed < 5_060; seed++) {
      new Run(2, seed, Deduplication.STORE).run(400);
    }
  }

  @Test
  void threeTiersWithPagesThatShare() {
    for (long seed = 6_000; seed < 6_060; seed++) {
      new Run(3, seed, Deduplication.TENANT).run(400);
    }
  }

  @Test
  @Tag("stress")
  void longRuns() {
    for (long seed = 2_000; seed < 5_000; seed++) {
      Deduplication scope = Deduplication.values()[(int) (seed % 5 % 4)];
      new Run(1 + (int) (seed % 4), seed, scope).run(2_000);
    }
  }

  private static final class Run {
    private final StoreRig rig;
    private final Random random;
    private final boolean shares;
    private final Map<Integer, Long> persistent = new HashMap<>();
    private final Map<Integer, Long> ephemeral = new HashMap<>();
    private final List<StepWriteback.Round> collected = new ArrayList<>();
    private final List<StepWriteback.Round> written = new ArrayList<>();
    private long version;

    Run(int tiers, long seed) {
      this(tiers, seed, Deduplication.OFF);
    }

    Run(int tiers, long seed, Deduplication scope) {
      random = new Random(seed);
      shares = scope != Deduplication.OFF;
      StoreRig.Builder builder = StoreRig.builder();
      if (shares) {
        builder.anonymousPages();
      }
      rig =
          builder
              .tiers(tiers)
              .slots(8)
              .lowerKind(HeapTier.Kind.REUSES_LOCATORS)
              .promotion((distance, capacity, referenced) -> random.nextBoolean())
              .policies(policies().with(scope))
              .cacheTenant("other")
              .open();
    }

    private StorePolicies policies() {
      EphemeralPages ephemeralPages = EphemeralPages.values()[random.nextInt(2)];
      long ramBytes = random.nextInt(3) == 0 ? 12_000 : TenantLimits.NO_LIMIT;
      int lowestTier = random.nextInt(4);
      TenantLimits other =
          new TenantLimits(
              "other",
              1 + random.nextInt(3),
              ramBytes,
              TenantLimits.NO_LIMIT,
              lowestTier,
              WriteBudget.UNLIMITED);
      return new StorePolicies(ephemeralPages, IncompressiblePages.KEEP, List.of(other));
    }

    private ReclaimAim anyAim() {
      return switch (random.nextInt(5)) {
        case 0 -> ReclaimAim.ofTenant(random.nextBoolean() ? "other" : "default");
        case 1 -> ReclaimAim.INCOMPRESSIBLE;
        case 2 -> ReclaimAim.ANY.withoutWriting();
        case 3 -> ReclaimAim.ANY.fair(true);
        default -> ReclaimAim.ANY;
      };
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        step();
        check();
      }
      collected.forEach(rig.writeback::cancel);
      written.forEach(rig.writeback::commit);
      if (shares) {
        assertThat(rig.store.stats().policies().deduplication().putsShared()).isPositive();
      }
      rig.close();
    }

    private void step() {
      boolean swap = random.nextInt(4) > 0;
      Pool pool = swap ? rig.swap : rig.cache;
      Map<Integer, Long> model = swap ? persistent : ephemeral;
      int key = random.nextInt(KEYS);
      switch (random.nextInt(13)) {
        case 0, 1, 2 -> put(pool, model, key);
        case 3, 4 -> read(model, key, rig.get(pool, key % 2, key));
        case 5 -> {
          read(model, key, rig.take(pool, key % 2, key));
          model.remove(key);
        }
        case 6 -> {
          boolean was = rig.store.flush(pool, key % 2, key);
          assertThat(was).isIn(model.remove(key) != null, !swap ? was : null);
        }
        case 7 -> collect();
        case 8 -> write();
        case 9 -> commitOrCancel();
        case 10 -> rig.tiers.get(random.nextInt(rig.tiers.size())).maintain();
        case 11 -> {
          if (random.nextInt(4) == 0) {
            rig.store.flushObject(pool, key % 2);
            model.keySet().removeIf(k -> k % 2 == key % 2);
          }
        }
        default -> misbehave();
      }
    }

    private void put(Pool pool, Map<Integer, Long> model, int key) {
      version = shares ? random.nextInt(VERSIONS) : version + 1;
      if (rig.put(pool, key % 2, key, version)) {
        model.put(key, version);
      } else if (pool.kind() == PoolKind.EPHEMERAL) {
        model.remove(key);
      }
    }

    private void read(Map<Integer, Long> model, int key, long found) {
      long expected = model.getOrDefault(key, -1L);
      if (model == ephemeral && found == -1) {
        model.remove(key);
      } else {
        assertThat(found).as("version of page %d", key).isEqualTo(expected);
      }
    }

    private void collect() {
      if (collected.size() + written.size() < 3 && rig.tiers.size() > 1) {
        int tier = random.nextInt(rig.tiers.size() - 1);
        rig.tiers.get(tier).faults.regionZpages = 1 + random.nextInt(4);
        rig.writeback.hierarchy.aim(tier, anyAim());
        collected.add(rig.writeback.collect(tier, random.nextBoolean()));
      }
    }

    private void write() {
      if (!collected.isEmpty()) {
        StepWriteback.Round round = collected.remove(random.nextInt(collected.size()));
        if (rig.writeback.write(round) == TierOutcome.STORED) {
          written.add(round);
        } else {
          rig.writeback.cancel(round);
        }
      }
    }

    private void commitOrCancel() {
      if (!written.isEmpty()) {
        rig.writeback.commit(written.remove(random.nextInt(written.size())));
      } else if (!collected.isEmpty()) {
        rig.writeback.cancel(collected.remove(random.nextInt(collected.size())));
      }
    }

    private void misbehave() {
      HeapTier tier = rig.tiers.get(random.nextInt(rig.tiers.size()));
      switch (random.nextInt(3)) {
        case 0 -> tier.faults.refuse(StoreIntent.values()[random.nextInt(3)]);
        case 1 -> tier.faults.batchOutcome = TierOutcome.FULL;
        default -> {
          tier.faults.refuse();
          tier.faults.batchOutcome = TierOutcome.STORED;
        }
      }
    }

    private void check() {
      List<Integer> present = new ArrayList<>();
      rig.store.inspect(
          (pool, object, index, place) -> {
            if (pool == rig.swap) {
              present.add(index);
            } else {
              assertThat(ephemeral)
                  .as("a page that was never put or was removed")
                  .containsKey(index);
            }
          });
      assertThat(present).containsExactlyInAnyOrderElementsOf(persistent.keySet());
      StoreOracle.checkNoViolation(rig);
      if (collected.isEmpty() && written.isEmpty()) {
        StoreOracle.check(rig);
      }
    }
  }
}
