// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Owners change their own pages while readers read all, writeback moves them and cleaning relocates
 * them. Forbidden, by name: an owner reads another version than its last put, or none; an owner
 * reads a page that it removed; a reader gets a page of another key, a torn page, or a version
 * older than one that was complete before its get began; a zpage leaks or is freed twice.
 */
class ConcurrentStoreTest {
  private static final int OWNERS = 2;
  private static final int READERS = 2;
  private static final int KEYS_PER_OWNER = 4;

  @Test
  void twoTiers() {
    new Run(2, false, 3_000, 1).run();
    new Run(2, true, 3_000, 2).run();
  }

  @Test
  void threeTiers() {
    new Run(3, false, 3_000, 3).run();
  }

  @Test
  @Tag("stress")
  void longRuns() {
    for (int i = 0; i < 40; i++) {
      new Run(2 + i % 3, i % 2 == 0, 60_000, 100 + i).run();
    }
  }

  private static final class Run {
    private final StoreRig rig;
    private final int steps;
    private final long seed;
    private final AtomicInteger running = new AtomicInteger(OWNERS);
    private final AtomicLongArray completed = new AtomicLongArray(OWNERS * KEYS_PER_OWNER);

    Run(int tiers, boolean copies, int steps, long seed) {
      this.steps = steps;
      this.seed = seed;
      rig =
          StoreRig.builder()
              .tiers(tiers)
              .slots(6)
              .lowerKind(copies ? HeapTier.Kind.COPIES : HeapTier.Kind.REUSES_LOCATORS)
              .promoteAlways()
              .open();
      rig.tiers.forEach(tier -> tier.faults.regionZpages = 2);
    }

    void run() {
      List<Threads.Task> tasks = new ArrayList<>();
      for (int i = 0; i < OWNERS; i++) {
        int owner = i;
        tasks.add(() -> own(owner));
      }
      for (int i = 0; i < READERS; i++) {
        Random random = new Random(seed * 100 + 50 + i);
        tasks.add(() -> readAll(random));
      }
      tasks.add(this::moveDown);
      tasks.add(this::clean);
      Threads.run(tasks);
      rig.close();
    }

    private void own(int owner) {
      Random random = new Random(seed * 100 + owner);
      long[] versions = new long[KEYS_PER_OWNER];
      long version = 0;
      try {
        for (int i = 0; i < steps; i++) {
          int own = random.nextInt(KEYS_PER_OWNER);
          int key = owner * KEYS_PER_OWNER + own;
          switch (random.nextInt(6)) {
            case 0, 1, 2 -> {
              if (rig.put(rig.swap, 1, key, ++version)) {
                versions[own] = version;
                completed.set(key, version);
              }
            }
            case 3 -> {
              long taken = rig.take(rig.swap, 1, key);
              assertThat(taken).as("taken by the owner").isEqualTo(known(versions[own]));
              versions[own] = 0;
            }
            case 4 -> {
              boolean was = rig.store.flush(rig.swap, 1, key);
              assertThat(was).as("flushed by the owner").isEqualTo(versions[own] > 0);
              versions[own] = 0;
            }
            default -> {
              long read = rig.get(rig.swap, 1, key);
              assertThat(read).as("read by the owner").isEqualTo(known(versions[own]));
            }
          }
        }
      } finally {
        running.decrementAndGet();
      }
    }

    private static long known(long version) {
      return version == 0 ? -1 : version;
    }

    private void readAll(Random random) {
      while (running.get() > 0) {
        int key = random.nextInt(OWNERS * KEYS_PER_OWNER);
        long before = completed.get(key);
        long read = rig.get(rig.swap, 1, key);
        if (read != -1) {
          assertThat(read).as("older than a completed put").isGreaterThanOrEqualTo(before);
        }
      }
    }

    private void moveDown() {
      Random random = new Random(seed);
      while (running.get() > 0) {
        rig.writeback.moveAtRandom(random);
      }
    }

    private void clean() {
      while (running.get() > 0) {
        rig.tiers.forEach(HeapTier::maintain);
      }
    }
  }
}
