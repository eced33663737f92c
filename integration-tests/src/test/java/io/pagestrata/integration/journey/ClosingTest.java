// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.StoreClosedException;
import io.pagestrata.core.StoreState;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.integration.support.DurablePages;
import io.pagestrata.integration.support.FailingDisk;
import io.pagestrata.integration.support.ManualClock;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The end of a store: in bounded time, whatever is under way, and with everything released. */
@ExtendWith(SeededRandom.class)
class ClosingTest {
  private static final int THREADS = 4;
  private static final int WARM_UP = 3000;

  @TempDir private Path directory;

  // Threads put, get, take, flush and ask for writeback; the store is closed under them. Each must
  // end with StoreClosedException and nothing else; memory and files must be gone.
  @RepeatedTest(3)
  void closingUnderLoadEndsEveryOperationCleanly(Random random) throws InterruptedException {
    SmallStore small = SmallStore.open(directory);
    Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
    CountDownLatch warm = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Random own = new Random(random.nextLong());
      Thread thread = new Thread(() -> useUntilItEnds(small.store(), pool, own, warm, ends));
      thread.start();
      threads.add(thread);
    }
    warm.await();
    small.close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ends).hasSize(THREADS).hasOnlyElementsOfType(StoreClosedException.class);
    assertThat(small.store().state()).isEqualTo(StoreState.CLOSED);
    small.assertNothingIsLeft();
  }

  private static void useUntilItEnds(
      PageStore store, Pool pool, Random random, CountDownLatch warm, Queue<Throwable> ends) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
    try {
      for (int i = 0; ; i++) {
        if (i == WARM_UP) {
          warm.countDown();
        }
        int index = random.nextInt(5000);
        switch (random.nextInt(20)) {
          case 0 -> store.flush(pool, 1, index);
          case 1 -> store.take(pool, 1, index, buffer);
          case 2 -> {
            if (random.nextInt(50) == 0) {
              store.writeBack(new WritebackRequest(0, 1 << 18, Duration.ZERO));
            }
          }
          case 3, 4, 5, 6, 7, 8, 9 -> store.get(pool, 1, index, buffer);
          default -> {
            buffer.put(0, RealPages.of(SmallStore.PAGE_BYTES).any(random));
            store.put(pool, 1, index, buffer);
          }
        }
      }
    } catch (Throwable end) {
      ends.add(end);
    } finally {
      warm.countDown();
    }
  }

  // The disk stops answering in the last sync. Close must end all the same and say so; the
  // directory must open as after a crash, with all that was synced before.
  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLastSyncOnADiskThatHangsIsGivenUp(@TempDir Path copy) throws Exception {
    FailingDisk disk = new FailingDisk();
    ManualClock clock = new ManualClock();
    SmallStore small =
        SmallStore.options().durable().files(disk::below).writebackClock(clock).open(directory);
    DurablePages pages = new DurablePages(small, 100);
    pages.changeFrom(0);
    pages.sync();
    pages.changeFrom(50);
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch well = new CountDownLatch(1);
    AtomicReference<Thread> hanging = new AtomicReference<>();
    disk.beforeWrite(
        () -> {
          hanging.set(Thread.currentThread());
          hangs.countDown();
          awaitQuietly(well);
        });
    FutureTask<Void> close = new FutureTask<>(small::close, null);
    new Thread(close).start();
    hangs.await();
    while (!close.isDone()) {
      clock.advance(Duration.ofSeconds(1));
      Thread.onSpinWait();
    }
    assertThatThrownBy(close::get)
        .cause()
        .isInstanceOf(TierFailureException.class)
        .hasMessageStartingWith("the last sync got no further for 30000 ms");
    pages.assertSurvives(copy);
    well.countDown();
    hanging.get().join();
    for (int i = 0; i < small.hierarchy().tierCount(); i++) {
      assertThat(small.hierarchy().tier(i).stats().state()).isNotEqualTo(TierState.CLOSED);
      small.hierarchy().tier(i).close();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aClosedStoreRefusesEverythingAndClosesAgain() {
    SmallStore small = SmallStore.open(directory);
    Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    small.close();
    small.close();
    PageStore store = small.store();
    byte[] page = new byte[SmallStore.PAGE_BYTES];
    assertThatThrownBy(() -> store.put(pool, 0, 0, page, 0))
        .isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.get(pool, 0, 0, page, 0))
        .isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.take(pool, 0, 0, page, 0))
        .isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.flush(pool, 0, 0)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.flushObject(pool, 0)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.destroyPool(pool)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.createPool("other", PoolKind.EPHEMERAL))
        .isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.writeBack(WritebackRequest.everything()))
        .isInstanceOf(StoreClosedException.class);
    assertThat(store.stats().pages()).isZero();
    small.assertNothingIsLeft();
  }
}
