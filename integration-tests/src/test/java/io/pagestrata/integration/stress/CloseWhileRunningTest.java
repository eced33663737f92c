// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolDestroyedException;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.StoreClosedException;
import io.pagestrata.core.StoreState;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store is closed at a random moment while threads put, take, remove ranges, destroy the pool
 * under each other and ask for writeback. Forbidden: a thread that does not end; one that ends with
 * anything but "closed"; memory, files or background threads left behind.
 */
@ExtendWith(SeededRandom.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class CloseWhileRunningTest {
  private static final int THREADS = 4;
  private static final int INDEXES = 3000;

  @TempDir private Path directory;

  @Test
  void aFewRounds(Random random) throws Exception {
    for (int round = 0; round < 8; round++) {
      round(random);
    }
  }

  @Test
  @Tag("stress")
  void manyRounds(Random random) throws Exception {
    for (int round = 0; round < 500; round++) {
      round(random);
    }
  }

  private void round(Random random) throws InterruptedException {
    SmallStore small = SmallStore.options().ramBytes(1 << 20).open(directory);
    PageStore store = small.store();
    AtomicReference<Pool> pool = new AtomicReference<>(newPool(store, random));
    Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
    CountDownLatch warm = new CountDownLatch(THREADS);
    int warmSteps = 1 + random.nextInt(3000);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random own = new Random(random.nextLong());
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int step = 0; ; step++) {
                    if (step == warmSteps) {
                      warm.countDown();
                    }
                    step(store, pool, own);
                  }
                } catch (Throwable end) {
                  ends.add(end);
                } finally {
                  warm.countDown();
                }
              });
      thread.start();
      threads.add(thread);
    }
    warm.await();
    small.close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ends).hasSize(THREADS).hasOnlyElementsOfType(StoreClosedException.class);
    assertThat(store.state()).isEqualTo(StoreState.CLOSED);
    assertThat(Thread.getAllStackTraces().keySet())
        .as("background threads")
        .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("pagestrata-"));
    small.assertNothingIsLeft();
  }

  private static Pool newPool(PageStore store, Random random) {
    return store.createPool("swap " + random.nextLong(), PoolKind.PERSISTENT);
  }

  private static void step(PageStore store, AtomicReference<Pool> shared, Random random)
      throws InterruptedException {
    Pool pool = shared.get();
    int index = random.nextInt(INDEXES);
    ByteBuffer page = ByteBuffer.allocate(SmallStore.PAGE_BYTES);
    try {
      switch (random.nextInt(24)) {
        case 0 -> store.flush(pool, 1, index);
        case 1 -> store.take(pool, 1, index, page);
        case 2 -> store.flushRange(pool, 1, index, 20);
        case 3 -> store.getRange(pool, 1, index, 4, ByteBuffer.allocate(4 * page.capacity()));
        case 4 -> store.stats();
        case 5 -> {
          if (random.nextInt(30) == 0) {
            store.writeBack(WritebackRequest.everything());
          }
        }
        case 6 -> {
          if (random.nextInt(100) == 0) {
            store.destroyPool(pool);
            shared.set(newPool(store, random));
          }
        }
        case 7, 8, 9, 10, 11 -> store.get(pool, 1, index, page);
        default -> {
          page.put(0, RealPages.of(SmallStore.PAGE_BYTES).any(random));
          store.put(pool, 1, index, page);
        }
      }
    } catch (PoolDestroyedException expected) {
      // Another thread destroyed it; the next step finds the new one.
      Thread.onSpinWait();
    }
  }
}
