// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.FailingDisk;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.Storm;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole page table of a million pages is swept: removed, counted, walked, written back. Puts,
 * gets and removals of single pages that begin during a sweep must end during it; where the test
 * can hold a sweep still, it holds it until they have.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class H23_longScansLetOthersPass {
  private static final int PAGES = 1_000_000;
  private static final int SWEPT = 1;
  private static final int OTHER = 2;
  private static final int OPERATIONS = 100;

  @TempDir private Path directory;
  private final FailingDisk disk = new FailingDisk();
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
  private SmallStore small;
  private PageStore store;
  private Pool pool;

  @BeforeEach
  void open() {
    small = SmallStore.options().ramBytes(64 << 20).files(disk::below).open(directory);
    store = small.store();
    pool = store.createPool("swap", PoolKind.PERSISTENT);
  }

  @AfterEach
  void close() {
    small.close();
  }

  /** Others, who work on single pages once the scan has begun, and then let it go on. */
  private Storm workOnceBegun(CountDownLatch begun, CountDownLatch done) {
    Storm storm = new Storm();
    storm.repeat(
        () -> {
          begun.await();
          if (done.getCount() > 0) {
            try {
              workOnSinglePages();
            } finally {
              done.countDown();
            }
          }
        });
    return storm;
  }

  // The visitor stops at the first page until others have worked on every object, the swept one
  // included: a lock held by the walk would stop them all.
  @Test
  void aWalkOfEveryPage() throws Exception {
    fillSameFilled();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Storm storm = workOnceBegun(begun, done);
    AtomicLong walked = new AtomicLong();
    storm.during(
        1,
        () ->
            store.inspect(
                (of, object, index, place) -> {
                  begun.countDown();
                  awaitQuietly(done);
                  walked.incrementAndGet();
                }));
    assertThat(walked.get()).isGreaterThanOrEqualTo(PAGES);
  }

  // The disk holds the first write of a writeback of everything until others have worked.
  @Test
  void aWritebackOfEverything() throws Exception {
    fillSameFilled();
    for (int i = 0; i < 5000; i++) {
      assertThat(store.put(pool, 0, i, pages.page(i), 0)).isEqualTo(PutOutcome.STORED);
    }
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    disk.beforeWrite(
        () -> {
          begun.countDown();
          awaitQuietly(done);
        });
    Storm storm = workOnceBegun(begun, done);
    storm.during(1, () -> store.writeBack(WritebackRequest.everything()));
    assertThat(store.stats().writeback().writtenPages()).isPositive();
    small.check();
  }

  // Nothing can hold a removal still, so it is repeated until a run of operations fell into it; one
  // that shut the others out would never see that.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRemovalOfAWholeObject(boolean byName) throws Exception {
    AtomicLong sweeps = new AtomicLong();
    AtomicLong during = new AtomicLong();
    Storm storm = new Storm();
    byte[] page = RealPages.sameFilled(SmallStore.PAGE_BYTES, 5);
    byte[] target = new byte[SmallStore.PAGE_BYTES];
    storm.repeat(
        () -> {
          long before = sweeps.get();
          store.put(pool, OTHER, 0, page, 0);
          store.get(pool, OTHER, 0, target, 0);
          store.put(pool, SWEPT, PAGES, pages.page(1), 0);
          store.flush(pool, SWEPT, PAGES);
          if (before % 2 == 1 && sweeps.get() == before) {
            during.incrementAndGet();
          }
        });
    storm.during(
        1,
        () -> {
          while (during.get() < OPERATIONS && !storm.hasFailed()) {
            fillSameFilled();
            sweeps.incrementAndGet();
            long removed =
                byName ? store.flushObject(pool, SWEPT) : store.flushRange(pool, SWEPT, 0, PAGES);
            sweeps.incrementAndGet();
            // The page that the others put and flush may have been among them.
            assertThat(removed).isBetween((long) PAGES, PAGES + (byName ? 1L : 0));
          }
        });
    assertThat(during.get()).isGreaterThanOrEqualTo(OPERATIONS);
    assertThat(small.check()).isOne();
  }

  // Counting goes on without end; single operations must fall into it, and none may wait for it.
  @Test
  void statistics() throws Exception {
    fillSameFilled();
    AtomicLong counted = new AtomicLong();
    Storm storm = new Storm();
    storm.repeat(
        () -> {
          assertThat(store.stats().pages())
              .isBetween((long) PAGES - OPERATIONS, (long) PAGES + OPERATIONS);
          counted.incrementAndGet();
        });
    storm.during(
        1,
        () -> {
          long before = counted.get();
          while (counted.get() < before + OPERATIONS && !storm.hasFailed()) {
            workOnSinglePages();
          }
        });
  }

  private void fillSameFilled() {
    byte[] page = new byte[SmallStore.PAGE_BYTES];
    for (int i = 0; i < PAGES; i++) {
      store.put(pool, SWEPT, i, page, 0);
    }
  }

  /** Each must end, whatever is swept meanwhile. */
  private void workOnSinglePages() {
    byte[] target = new byte[SmallStore.PAGE_BYTES];
    for (int i = 0; i < OPERATIONS; i++) {
      byte[] page = pages.page(i);
      assertThat(store.put(pool, OTHER, 7, page, 0)).isEqualTo(PutOutcome.STORED);
      assertThat(store.get(pool, OTHER, 7, target, 0)).isTrue();
      assertThat(target).isEqualTo(page);
      assertThat(store.put(pool, SWEPT, i, page, 0)).isEqualTo(PutOutcome.STORED);
      assertThat(store.take(pool, SWEPT, i, target, 0)).isTrue();
      assertThat(target).isEqualTo(page);
      assertThat(store.put(pool, SWEPT, i, new byte[SmallStore.PAGE_BYTES], 0))
          .isEqualTo(PutOutcome.STORED);
      assertThat(store.flush(pool, OTHER, 7)).isTrue();
      assertThat(store.stats().pages()).isPositive();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
