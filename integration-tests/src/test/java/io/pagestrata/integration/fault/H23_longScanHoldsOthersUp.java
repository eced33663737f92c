// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A scan of the whole page table stands still in the middle. Meanwhile another thread must be able
 * to do everything, growth and removal of the table included; a lock held by the scan would make it
 * wait for ever.
 */
class H23_longScanHoldsOthersUp {
  private static final int PAGES = 2000;

  @TempDir private Path directory;

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void everyOperationRunsWhileAScanStandsStill() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (SmallStore small = SmallStore.open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      putAll(store, pool, 0);
      boolean[] stoodStill = new boolean[1];
      store.inspect(
          (owner, object, index, place) -> {
            if (!stoodStill[0]) {
              stoodStill[0] = true;
              finish(other, () -> useEverything(store, pool));
            }
          });
      assertThat(stoodStill[0]).isTrue();
      assertThat(small.check()).isEqualTo(PAGES);
    } finally {
      other.shutdownNow();
    }
  }

  private static Void useEverything(PageStore store, Pool pool) throws InterruptedException {
    byte[] page = new byte[SmallStore.PAGE_BYTES];
    for (int object = 1; object < 50; object++) {
      putAll(store, pool, object);
      assertThat(store.get(pool, object, 7, page, 0)).isTrue();
      assertThat(store.take(pool, object, 8, page, 0)).isTrue();
      assertThat(store.flushRange(pool, object, 0, 512)).isEqualTo(511);
      assertThat(store.flushObject(pool, object)).isEqualTo(PAGES - 512);
    }
    store.flushObject(pool, 0);
    putAll(store, pool, 0);
    store.writeBack(WritebackRequest.everything());
    store.destroyPool(store.createPool("short-lived", PoolKind.EPHEMERAL));
    assertThat(store.stats().pages()).isEqualTo(PAGES);
    return null;
  }

  private static void putAll(PageStore store, Pool pool, long object) {
    for (int i = 0; i < PAGES; i++) {
      byte[] page =
          i % 50 == 0
              ? RealPages.of(SmallStore.PAGE_BYTES).page(i)
              : RealPages.sameFilled(SmallStore.PAGE_BYTES, i);
      assertThat(store.put(pool, object, i, page, 0).isStored()).isTrue();
    }
  }

  private static void finish(ExecutorService other, Callable<Void> work) {
    try {
      other.submit(work).get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("the other thread failed", e);
    }
  }
}
