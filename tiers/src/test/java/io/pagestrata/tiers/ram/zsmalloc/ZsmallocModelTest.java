// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations against a plain model, with the whole pool walked every now and then.
 * Forbidden: a zpage with other bytes, sizes or backing than the last put's, a slot with two
 * owners, a handle in no region or in two, a byte too many or too few.
 */
class ZsmallocModelTest {
  private static final int OBJECTS = 1500;
  private static final int SHORT_STEPS = 60_000;
  private static final int LONG_STEPS = 100_000_000;
  private static final int STEPS_BETWEEN_WALKS = 2000;
  private static final int LONG_STEPS_BETWEEN_WALKS = 500_000;

  /** What the model knows of a zpage. */
  private record Held(int zpageBytes, long backing) {}

  private final Map<Long, Held> model = new HashMap<>();
  private final List<Long> regions = new ArrayList<>();
  private long charged;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 16})
  void behavesAsItsModel(int zspageFrames) {
    run(zspageFrames, SHORT_STEPS, STEPS_BETWEEN_WALKS);
  }

  @Test
  @Tag("stress")
  void behavesAsItsModelForAHundredMillionOperations() {
    run(8, LONG_STEPS, LONG_STEPS_BETWEEN_WALKS);
  }

  private void run(int zspageFrames, int steps, int stepsBetweenWalks) {
    SplittableRandom random = new SplittableRandom(zspageFrames);
    long bytes = (64L + random.nextInt(800)) * ZsmallocRig.FRAME_BYTES;
    MemoryBudget budget = new MemoryBudget(bytes);
    ZsmallocSettings settings =
        new ZsmallocSettings(bytes, ZsmallocRig.FRAME_BYTES, zspageFrames, 0.95, false);
    try (ZsmallocRig rig = new ZsmallocRig(settings, budget)) {
      for (int step = 1; step <= steps; step++) {
        step(rig, random);
        if (step % stepsBetweenWalks == 0) {
          check(rig);
        }
      }
      check(rig);
      regions.forEach(rig.pool::settle);
      rig.table.keySet().forEach(rig::remove);
      assertThat(rig.pool.usedBytes()).isZero();
      assertThat(rig.pool.liveBytes()).isZero();
    }
  }

  private void step(ZsmallocRig rig, SplittableRandom random) {
    long object = random.nextInt(OBJECTS);
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5, 6 -> put(rig, object, random);
      case 7, 8, 9 -> assertThat(rig.remove(object)).isEqualTo(model.remove(object) != null);
      case 10, 11, 12 -> assertThat(rig.holds(object)).isEqualTo(model.containsKey(object));
      case 13 -> rig.pool.compact();
      case 14 -> moveAges(rig, random);
      default -> charge(rig.budget, 1 + random.nextInt(20_000));
    }
  }

  private void put(ZsmallocRig rig, long object, SplittableRandom random) {
    int payload = 1 + random.nextInt(random.nextInt(4) == 0 ? 4096 : 1500);
    long backing = random.nextBoolean() ? UpperTier.NO_BACKING : random.nextLong(1L << 48);
    StoreIntent intent = StoreIntent.values()[random.nextInt(3)];
    if (rig.put(object, 32 + payload, backing, intent)) {
      model.put(object, new Held(32 + payload, backing));
    }
  }

  /** Shows, drops, settles (in any order, some twice) or condemns a region. */
  private void moveAges(ZsmallocRig rig, SplittableRandom random) {
    int kind = random.nextInt(20);
    if (kind == 0) {
      rig.evict();
    } else if (kind < 6) {
      regions.add(rig.pool.showColdest(rig::drop, Long.MAX_VALUE));
    } else if (kind < 8) {
      regions.add(rig.pool.showColdest((m, o, b, l, k) -> {}, Long.MAX_VALUE));
    } else if (!regions.isEmpty()) {
      long region = regions.get(random.nextInt(regions.size()));
      rig.pool.settle(region);
      if (random.nextBoolean()) {
        regions.remove(region);
      }
    }
    model.keySet().retainAll(rig.table.keySet());
  }

  private void charge(MemoryBudget budget, long bytes) {
    if (charged > 300_000) {
      budget.release(charged);
      charged = 0;
    } else if (budget.tryCharge(bytes)) {
      charged += bytes;
    }
  }

  private void check(ZsmallocRig rig) {
    regions.forEach(rig.pool::settle);
    regions.clear();
    PoolWalk.check(rig);
    PoolWalk.checkAges(rig);
    assertThat(rig.table.keySet()).isEqualTo(model.keySet());
    model.forEach(
        (object, held) -> {
          assertThat(rig.holds(object)).isTrue();
          assertThat(rig.pool.backing(rig.table.get(object))).isEqualTo(held.backing());
        });
  }
}
