// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations of one thread against a plain model, accounts compared after each. */
class RamTierModelTest {
  private static final int OBJECTS = 600;
  private static final int SHORT_STEPS = 6000;
  private static final int LONG_STEPS = 400_000;

  /** What the model knows of a zpage. */
  private record Held(int zpageBytes, long backing) {
    /** With padding to a multiple of 8 and the trailer of a backed one. */
    int footprintBytes() {
      return (zpageBytes + 7 & -8) + (backing == UpperTier.NO_BACKING ? 0 : 8);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void behavesAsItsModel(long seed) {
    run(seed, SHORT_STEPS);
  }

  @Test
  @Tag("stress")
  void behavesAsItsModelForLong() {
    run(99, LONG_STEPS);
  }

  private static void run(long seed, int steps) {
    SplittableRandom random = new SplittableRandom(seed);
    int blocks = 4 + random.nextInt(100);
    RamSettings settings = RamTestStore.settings(blocks, 1 + random.nextInt(3), 0.8);
    MemoryBudget budget = new MemoryBudget(settings.maxBytes());
    Map<Long, Held> model = new HashMap<>();
    try (RamTestStore store = new RamTestStore(settings, budget)) {
      long charged = 0;
      for (int step = 0; step < steps; step++) {
        long object = random.nextInt(OBJECTS);
        switch (random.nextInt(8)) {
          case 0, 1, 2, 3 -> put(store, model, object, random);
          case 4 -> assertThat(store.remove(object)).isEqualTo(model.remove(object) != null);
          case 5 -> assertThat(store.holds(object)).isEqualTo(model.containsKey(object));
          case 6 -> {
            if (random.nextInt(8) == 0) {
              store.evictOnce();
              model.keySet().retainAll(store.table.keySet());
            } else {
              store.tier.maintain();
            }
          }
          default -> {
            long bytes = 1 + random.nextInt(20_000);
            if (charged > 100_000) {
              budget.release(charged);
              charged = 0;
            } else if (budget.tryCharge(bytes)) {
              charged += bytes;
            }
          }
        }
        check(store, model, budget);
      }
      model.forEach(
          (object, held) -> {
            assertThat(store.holds(object)).isTrue();
            assertThat(store.tier.backing(store.table.get(object))).isEqualTo(held.backing());
          });
    }
  }

  private static void put(
      RamTestStore store, Map<Long, Held> model, long object, SplittableRandom random) {
    int payload = 1 + random.nextInt(random.nextInt(4) == 0 ? 4096 : 1500);
    long backing = random.nextBoolean() ? UpperTier.NO_BACKING : random.nextLong(1L << 48);
    if (store.put(object, payload, backing)) {
      model.put(object, new Held(payload + 32, backing));
    }
  }

  private static void check(RamTestStore store, Map<Long, Held> model, MemoryBudget budget) {
    TierStats stats = store.tier.stats();
    assertThat(stats.zpages()).isEqualTo(model.size());
    assertThat(stats.zpageBytes())
        .isEqualTo(model.values().stream().mapToLong(Held::footprintBytes).sum())
        .isLessThanOrEqualTo(stats.usedBytes());
    assertThat(budget.usedBytes())
        .as("hard limit")
        .isBetween(stats.usedBytes(), budget.limitBytes());
  }
}
