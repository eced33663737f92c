// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Threads store zpages of one key side by side and each frees what it replaced. After the last
 * removal no zpage and no byte may be left.
 */
class H31_parallelPutsOnOneKeyLeakNothing {
  private static final int THREADS = 4;
  private static final int ROUNDS = 5000;

  @Test
  void bytesReturnToZero() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (RamTestStore store = new RamTestStore(RamTestStore.settings(64, THREADS, 0.8))) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        running.add(threads.submit(() -> putOneKey(store)));
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(store.tier.stats().zpages()).isEqualTo(1);
      assertThat(store.holds(1)).isTrue();
      store.remove(1);
      assertThat(store.tier.stats().zpages()).isZero();
      assertThat(store.tier.stats().zpageBytes()).isZero();
      while (store.evictOnce() != UpperTier.NOTHING) {}
      assertThat(store.tier.usedBytes()).isZero();
      assertThat(store.tier.stats().storedZpages()).isEqualTo(THREADS * (long) ROUNDS);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void putOneKey(RamTestStore store) {
    for (int i = 0; i < ROUNDS; i++) {
      long locator =
          store.store(store.zpage(1, 1 + i % 3000), UpperTier.NO_BACKING, StoreIntent.PUT);
      // Never full: all but a few zpages are dead, so their blocks come back by themselves.
      assertThat(locator).isNotEqualTo(UpperTier.NO_SPACE);
      store.publish(1, locator);
    }
  }
}
