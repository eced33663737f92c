// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing ends every operation in its documented way and everything is released. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseTest {
  @Test
  void everyOperationIsRefusedAfterwards() {
    StoreRig rig = StoreRig.builder().open();
    rig.put(rig.swap, 1, 1, 1);
    rig.close();
    rig.store.close();
    assertThat(rig.store.state()).isEqualTo(StoreState.CLOSED);
    List<Threads.Task> operations =
        List.of(
            () -> rig.put(rig.swap, 1, 1, 1),
            () -> rig.get(rig.swap, 1, 1),
            () -> rig.take(rig.swap, 1, 1),
            () -> rig.store.flush(rig.swap, 1, 1),
            () -> rig.store.flushObject(rig.swap, 1),
            () -> rig.store.destroyPool(rig.swap),
            () -> rig.store.createPool("new", PoolKind.PERSISTENT),
            () -> rig.store.writeBack(WritebackRequest.everything()),
            () -> rig.store.inspect((pool, object, index, place) -> {}));
    for (Threads.Task operation : operations) {
      assertThatThrownBy(operation::run)
          .isInstanceOf(StoreClosedException.class)
          .hasMessage("the page store is closed");
    }
  }

  @Test
  void whileOperationsRunEachCompletesOrIsRefused() {
    for (int round = 0; round < 30; round++) {
      StoreRig rig = StoreRig.builder().slots(64).open();
      CountDownLatch running = new CountDownLatch(3);
      Threads.Task worker =
          () -> {
            int count = 0;
            try {
              while (true) {
                int index = ThreadLocalRandom.current().nextInt(32);
                rig.put(rig.swap, 1, index, 1);
                rig.get(rig.swap, 1, index);
                rig.store.flush(rig.swap, 1, index);
                if (count++ == 0) {
                  running.countDown();
                }
              }
            } catch (StoreClosedException e) {
              assertThat(rig.store.state()).isNotEqualTo(StoreState.OPEN);
            }
          };
      Threads.Task closer =
          () -> {
            running.await();
            rig.store.close();
          };
      Threads.run(List.of(worker, worker, worker, closer));
      assertThat(rig.top().isClosed()).isTrue();
      assertThat(rig.below().isClosed()).isTrue();
      assertThat(rig.trimming.openContexts).hasValue(0);
      rig.close();
    }
  }

  @Test
  void aHangingOperationKeepsTheTiersOpenAndCloseStillEnds() {
    StoreRig rig = StoreRig.builder().closeWait(Duration.ofMillis(1)).open();
    rig.put(rig.swap, 1, 1, 1);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    rig.top()
        .faults
        .onceBeforeRead(
            () -> {
              reading.countDown();
              awaitQuietly(closed);
            });
    Threads.run(
        List.of(
            () -> assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1),
            () -> {
              reading.await();
              assertCloseFails(
                  rig, "operations were still under way 1 ms after close began; tiers");
              assertThat(rig.top().isClosed()).isFalse();
              closed.countDown();
            }));
    assertThat(rig.store.state()).isEqualTo(StoreState.CLOSED);
    rig.close();
  }

  @Test
  void aWalkOfEveryPageIsNotWaitedForPastItsLeaf() {
    StoreRig rig = StoreRig.builder().open();
    for (int leaf = 0; leaf < 5; leaf++) {
      assertThat(rig.put(rig.swap, 1, leaf * Leaf.PAGES, 1)).isTrue();
    }
    AtomicInteger seen = new AtomicInteger();
    CountDownLatch walking = new CountDownLatch(1);
    PageVisitor visitor =
        (pool, object, index, place) -> {
          seen.incrementAndGet();
          walking.countDown();
          awaitClosing(rig);
        };
    Threads.run(
        List.of(
            () ->
                assertThatThrownBy(() -> rig.store.inspect(visitor))
                    .isInstanceOf(StoreClosedException.class),
            () -> {
              walking.await();
              rig.store.close();
            }));
    assertThat(seen).hasValue(1);
    rig.close();
  }

  @Test
  void theEndOfALargePoolIsNotWaitedForPastALeaf() {
    StoreRig rig = StoreRig.builder().promoteAlways().open();
    for (int leaf = 0; leaf < 5; leaf++) {
      assertThat(rig.put(rig.swap, 1, leaf * Leaf.PAGES, 1)).isTrue();
    }
    rig.writeback.demote(0, true);
    assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(1);
    CountDownLatch removing = new CountDownLatch(1);
    rig.top()
        .faults
        .onceBeforeBacking(
            () -> {
              removing.countDown();
              awaitClosing(rig);
            });
    Threads.run(
        List.of(
            () ->
                assertThatThrownBy(() -> rig.store.destroyPool(rig.swap))
                    .isInstanceOf(StoreClosedException.class),
            () -> {
              removing.await();
              rig.store.close();
            }));
    assertThat(rig.store.stats().pages()).as("left where nobody can reach them").isEqualTo(4);
    rig.close();
  }

  private static void awaitClosing(StoreRig rig) {
    while (rig.store.state() == StoreState.OPEN) {
      Thread.onSpinWait();
    }
  }

  /** Otherwise the pools were saved in a directory that another process may have opened since. */
  @Test
  void aPoolThatIsBeingMadeIsWaitedFor() {
    HeapLog log = new HeapLog();
    StoreRig rig = StoreRig.builder().closeWait(Duration.ofMillis(1)).log(log).open();
    log.onSavePools(
        () -> {
          Threads.run(List.of(() -> assertCloseFails(rig, "operations were still under way")));
          assertThat(log.clean).as("marked clean before the pool is saved").isFalse();
          assertThat(rig.below().isClosed()).isFalse();
        });
    rig.store.createPool("late", PoolKind.PERSISTENT);
    assertThat(rig.store.state()).isEqualTo(StoreState.CLOSED);
    assertThatThrownBy(() -> rig.store.createPool("later", PoolKind.PERSISTENT))
        .isInstanceOf(StoreClosedException.class);
    rig.close();
  }

  @Test
  void aHangingSyncKeepsTheTiersOpenAndCloseStillEnds() {
    HeapLog log = new HeapLog();
    StoreRig rig = StoreRig.builder().closeWait(Duration.ofMillis(1)).log(log).open();
    rig.put(rig.swap, 1, 1, 1);
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    log.onAppend(
        () -> {
          writing.countDown();
          awaitQuietly(closed);
        });
    Threads.run(
        List.of(
            rig.store::sync,
            () -> {
              writing.await();
              Thread.currentThread().interrupt();
              assertCloseFails(
                  rig,
                  "the last sync got no further for 1 ms; what was done since the sync before");
              assertThat(Thread.interrupted()).as("the interrupt is the caller's").isTrue();
              assertThat(rig.below().isClosed()).isFalse();
              assertThat(log.clean).isFalse();
              closed.countDown();
            }));
    assertThat(rig.store.state()).isEqualTo(StoreState.CLOSED);
    rig.close();
  }

  @Test
  void aLongPrefetchEndsWhenTheStoreCloses() {
    StoreRig rig = StoreRig.builder().open();
    for (int i = 0; i < 8; i++) {
      rig.put(rig.swap, 1, i, i);
    }
    rig.writeback.demote(0, true);
    CountDownLatch reading = new CountDownLatch(1);
    rig.below()
        .faults
        .onceBeforeRead(
            () -> {
              reading.countDown();
              while (rig.store.state() == StoreState.OPEN) {
                Thread.onSpinWait();
              }
            });
    Threads.run(
        List.of(
            () -> assertThat(rig.store.prefetch(rig.swap, 1, 0, 1L << 32)).isEqualTo(1),
            () -> {
              reading.await();
              rig.store.close();
            }));
    assertThat(rig.below().isClosed()).isTrue();
    rig.close();
  }

  @Test
  void aHangingWritebackKeepsTheTiersOpenAndCloseStillEnds() {
    StoreRig rig = StoreRig.builder().open();
    rig.writeback.hang();
    assertCloseFails(rig, "writeback was still under way 30000 ms after close began; tiers");
    assertThat(rig.store.state()).isEqualTo(StoreState.CLOSED);
    assertThat(rig.top().isClosed()).isFalse();
    assertThat(rig.below().isClosed()).isFalse();
    rig.close();
  }

  /** What goes on later must neither claim an order that was not, nor close what may be in use. */
  @Test
  void lastStepsThatAreGivenUpMarkAndCloseNothing() {
    HeapLog log = new HeapLog();
    StoreRig rig = StoreRig.builder().closeWait(Duration.ofMillis(1)).log(log).open();
    rig.put(rig.swap, 1, 1, 1);
    rig.writeback.hangAtLast();
    assertCloseFails(
        rig,
        "the last sync got no further for 30000 ms; what was done since the sync before may be"
            + " lost; tiers stay open until the process ends");
    assertThat(log.clean).isFalse();
    rig.writeback.goOnAtLast();
    assertThat(log.clean).isFalse();
    assertThat(rig.top().isClosed()).isFalse();
    assertThat(rig.below().isClosed()).isFalse();
    rig.close();
  }

  @Test
  void aTierThatHangsInItsCloseIsTold() {
    StoreRig rig = StoreRig.builder().closeWait(Duration.ofMinutes(1)).open();
    rig.below().faults.onceBeforeClose(rig.writeback::hangAtLast);
    assertCloseFails(rig, "closing the tiers got no further for 60000 ms; tiers stay open");
    rig.close();
  }

  private static void assertCloseFails(StoreRig rig, String message) {
    assertThatThrownBy(rig.store::close)
        .isInstanceOf(TierFailureException.class)
        .hasMessageStartingWith(message);
    assertThat(rig.store.state()).isEqualTo(StoreState.CLOSED);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anErrorDoesNotKeepTheOthersOpenEither() {
    StoreRig rig = StoreRig.builder().open();
    rig.writeback.onClose(
        () -> {
          throw new AssertionError("told to fail");
        });
    assertThatThrownBy(rig.store::close).isInstanceOf(AssertionError.class);
    assertThat(rig.top().isClosed()).isTrue();
    assertThat(rig.below().isClosed()).isTrue();
    rig.close();
  }

  @Test
  void aFailingPartDoesNotKeepTheOthersOpen() {
    StoreRig rig = StoreRig.builder().tiers(3).open();
    rig.writeback.onClose(
        () -> {
          throw new IllegalStateException("writeback cannot end");
        });
    rig.tiers
        .get(1)
        .faults
        .onceBeforeClose(
            () -> {
              throw new IllegalStateException("tier cannot end");
            });
    assertThatThrownBy(rig.store::close)
        .hasMessage("writeback cannot end")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .matches(s -> "tier cannot end".equals(s.getMessage())));
    assertThat(rig.top().isClosed()).isTrue();
    assertThat(rig.tiers.get(2).isClosed()).isTrue();
    assertThat(rig.store.state()).isEqualTo(StoreState.CLOSED);
    rig.close();
  }
}
