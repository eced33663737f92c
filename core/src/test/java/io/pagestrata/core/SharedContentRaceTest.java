// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Owners put, take and remove pages of very few versions, so that contents are born and die all the
 * time, while writeback and cleaning move them. Forbidden, by name: an owner reads other bytes than
 * it put last, or none; a content that nobody names stays; a content that is named is gone.
 */
class SharedContentRaceTest {
  private static final int OWNERS = 3;
  private static final int KEYS_PER_OWNER = 3;
  private static final int VERSIONS = 2;

  @Test
  void twoTiers() {
    for (int seed = 1; seed <= 6; seed++) {
      new Run(2, 2_000, seed).run();
    }
  }

  @Test
  void threeTiers() {
    new Run(3, 2_000, 9).run();
  }

  @Test
  @Tag("stress")
  void longRuns() {
    for (int i = 0; i < 40; i++) {
      new Run(2 + i % 3, 60_000, 100 + i).run();
    }
  }

  private static final class Run {
    private final StoreRig rig;
    private final int steps;
    private final long seed;
    private final AtomicInteger running = new AtomicInteger(OWNERS);

    Run(int tiers, int steps, long seed) {
      this.steps = steps;
      this.seed = seed;
      rig =
          StoreRig.builder()
              .tiers(tiers)
              .slots(6)
              .lowerKind(seed % 2 == 0 ? HeapTier.Kind.COPIES : HeapTier.Kind.REUSES_LOCATORS)
              .promoteAlways()
              .anonymousPages()
              .policies(StorePolicies.DEFAULT.with(Deduplication.POOL))
              .open();
      rig.tiers.forEach(tier -> tier.faults.regionZpages = 2);
    }

    void run() {
      List<Threads.Task> tasks = new ArrayList<>();
      for (int i = 0; i < OWNERS; i++) {
        int owner = i;
        tasks.add(() -> own(owner));
      }
      tasks.add(this::moveDown);
      tasks.add(
          () -> {
            while (running.get() > 0) {
              rig.tiers.forEach(HeapTier::maintain);
            }
          });
      Threads.run(tasks);
      assertThat(rig.store.stats().policies().deduplication().putsShared()).isPositive();
      StoreOracle.check(rig);
      for (int key = 0; key < OWNERS * KEYS_PER_OWNER; key++) {
        rig.store.flush(rig.swap, 1, key);
      }
      assertThat(rig.store.stats().policies().deduplication().contents()).isZero();
      rig.tiers.forEach(tier -> assertThat(tier.liveZpages()).isZero());
      rig.close();
    }

    private void own(int owner) {
      Random random = new Random(seed * 100 + owner);
      long[] versions = new long[KEYS_PER_OWNER];
      Arrays.fill(versions, -1);
      try {
        for (int i = 0; i < steps; i++) {
          int own = random.nextInt(KEYS_PER_OWNER);
          int key = owner * KEYS_PER_OWNER + own;
          switch (random.nextInt(6)) {
            case 0, 1, 2 -> {
              long version = random.nextInt(VERSIONS);
              if (rig.put(rig.swap, 1, key, version)) {
                versions[own] = version;
              }
            }
            case 3 -> {
              assertThat(rig.take(rig.swap, 1, key)).as("taken").isEqualTo(versions[own]);
              versions[own] = -1;
            }
            case 4 -> {
              boolean was = rig.store.flush(rig.swap, 1, key);
              assertThat(was).as("flushed").isEqualTo(versions[own] >= 0);
              versions[own] = -1;
            }
            default -> assertThat(rig.get(rig.swap, 1, key)).as("read").isEqualTo(versions[own]);
          }
        }
      } finally {
        running.decrementAndGet();
      }
    }

    private void moveDown() {
      Random random = new Random(seed);
      while (running.get() > 0) {
        rig.writeback.moveAtRandom(random);
      }
    }
  }
}
