// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.UpperTier;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Cleaning moves zpages while others overwrite, free and read them. Forbidden: a reader that sees
 * other bytes than the last put's, a published zpage that is gone, bytes left over at the end.
 */
class H14_movedByCleaningWhileFreed {
  private static final int BLOCKS = 128;
  private static final int OBJECTS = 900;
  private static final int SHORT_ROUNDS = 20_000;
  private static final int LONG_ROUNDS = 3_000_000;

  @Test
  void cleaningFreeingAndReadingAtOnce() throws Exception {
    storm(SHORT_ROUNDS, 14);
  }

  @Test
  @Tag("stress")
  void cleaningFreeingAndReadingAtOnceForLong() throws Exception {
    storm(LONG_ROUNDS, 1414);
  }

  private static void storm(int rounds, long seed) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    // Only blocks that are nearly full escape cleaning, so that it never rests.
    try (RamTestStore store = new RamTestStore(RamTestStore.settings(BLOCKS, 2, 0.95))) {
      AtomicBoolean done = new AtomicBoolean();
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 2; writer++) {
        int own = writer;
        writers.add(threads.submit(() -> write(store, own, rounds, seed + own)));
      }
      Future<?> cleaner = threads.submit(() -> clean(store, done));
      Future<?> reader = threads.submit(() -> read(store, done, seed));
      try {
        for (Future<?> writer : writers) {
          writer.get();
        }
      } finally {
        done.set(true);
      }
      cleaner.get();
      reader.get();

      assertThat(store.tier.stats().cleanedZpages()).isPositive();
      assertThat(store.tier.stats().zpages()).isEqualTo(store.table.size());
      store.table.keySet().forEach(object -> assertThat(store.holds(object)).isTrue());
      store.table.keySet().forEach(store::remove);
      assertThat(store.tier.stats().zpageBytes()).isZero();
      while (store.evictOnce() != UpperTier.NOTHING) {}
      assertThat(store.tier.usedBytes()).isLessThanOrEqualTo(openAtMost(store));
    } finally {
      threads.shutdownNow();
    }
  }

  /** Dead open blocks stay with their owners: shards, second chances and survivors. */
  private static long openAtMost(RamTestStore store) {
    return 5 * store.tier.limitBytes() / BLOCKS;
  }

  private static void write(RamTestStore store, int own, int rounds, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < rounds; i++) {
      long object = random.nextInt(OBJECTS) * 2L + own;
      if (random.nextInt(4) == 0) {
        store.remove(object);
      } else if (!store.put(object, 1 + random.nextInt(1200), random.nextInt(3) - 1)) {
        store.remove(object);
      }
    }
  }

  private static void clean(RamTestStore store, AtomicBoolean done) {
    while (!done.get()) {
      long region = store.tier.reclaim((m, o, b, l, k) -> {}, Long.MAX_VALUE);
      if (region >= 0) {
        store.tier.settle(region);
      }
    }
  }

  private static void read(RamTestStore store, AtomicBoolean done, long seed) {
    SplittableRandom random = new SplittableRandom(~seed);
    while (!done.get()) {
      store.holds(random.nextInt(2 * OBJECTS));
    }
  }
}
