// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.StoreClosedException;
import io.pagestrata.integration.support.Chains;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The codec of puts changes all the time while two tiers recompress with others of their own, pools
 * come and go, and the store is closed in the middle: no context is shared or used after its end,
 * and nobody gets a page that was not put.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H13_codecsSwitchWhileRecompressing {
  private static final int THREADS = 3;
  private static final int ROUNDS = 4;
  private static final int PAGES = 700;
  private static final String[] CODECS = {"lz4", "zstd-1", "none", "zstd--3"};

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(names = {"RAM_DENSE_DENSEST", "RAM_COLD_FILE"})
  void everyPageIsRightUntilTheStoreCloses(Chains chain) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (SmallStore small = chain.options().open(directory)) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        running.add(threads.submit(() -> drive(small, thread)));
      }
      // One thread ends its rounds, then the store closes under the others.
      assertThat(running.get(0).get()).isEqualTo(ROUNDS * PAGES);
      small.store().close();
      for (Future<Integer> one : running) {
        assertThat(one.get()).isPositive();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Returns how many pages came back right. */
  private static int drive(SmallStore small, int thread) {
    PageStore store = small.store();
    RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
    byte[] got = new byte[SmallStore.PAGE_BYTES];
    int right = 0;
    try {
      for (int round = 0; round < ROUNDS * (thread + 1); round++) {
        Pool pool = store.createPool("pool-" + thread + "-" + round, PoolKind.PERSISTENT);
        for (int i = 0; i < PAGES; i++) {
          store.put(pool, 0, i, pages.page(i + thread), 0);
          if (i % 50 == 0) {
            store.switchCodec(small.codec(CODECS[(i / 50 + thread) % CODECS.length]));
          }
        }
        for (int i = 0; i < PAGES; i++) {
          assertThat(store.get(pool, 0, i, got, 0)).isTrue();
          assertThat(got).isEqualTo(pages.page(i + thread));
          right++;
        }
        store.destroyPool(pool);
      }
    } catch (StoreClosedException e) {
      // The end that the others are to meet.
    }
    return right;
  }
}
