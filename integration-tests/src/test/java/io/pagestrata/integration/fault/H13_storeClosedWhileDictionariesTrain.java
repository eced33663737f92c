// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolDestroyedException;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.StoreClosedException;
import io.pagestrata.integration.support.RecordPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.codec.DictionaryRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fails: nothing; pools are destroyed and made again, and at last the store is closed, while puts
 * and gets run and dictionaries are trained. Succeeds: every operation on a pool that is there.
 * Must hold: a get gives the page that was put; no dictionary is freed under an operation (the
 * process would end); all memory comes back.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H13_storeClosedWhileDictionariesTrain {
  private static final int PAGE_BYTES = SmallStore.PAGE_BYTES;
  private static final int USERS = 3;
  private static final int POOLS = 3;
  private static final DictionaryRule RULE =
      new DictionaryRule(true, PAGE_BYTES, 16 << 10, 0.03, 1_000_000, 64 * PAGE_BYTES, 1);

  @TempDir private Path directory;
  private final AtomicReference<Pool> current = new AtomicReference<>();

  private Long use(PageStore store, int user) {
    RecordPages pages = new RecordPages(PAGE_BYTES, user);
    byte[] found = new byte[PAGE_BYTES];
    long rounds = 0;
    while (true) {
      Pool pool = current.get();
      int index = (int) (rounds++ % 200);
      byte[] page = pages.page(index);
      try {
        assertThat(store.put(pool, user, index, page, 0).isStored()).isTrue();
        // A pool that goes during the call has no pages any more.
        if (store.get(pool, user, index, found, 0)) {
          assertThat(found).isEqualTo(page);
        } else {
          assertThat(pool).isNotSameAs(current.get());
        }
      } catch (PoolDestroyedException e) {
        assertThat(pool).isNotSameAs(current.get());
      } catch (StoreClosedException e) {
        return rounds;
      }
    }
  }

  @Test
  void poolsAndTheStoreGoWhileDictionariesAreInUse() throws Exception {
    SmallStore small =
        SmallStore.options().ramBytes(128 << 20).codec("zstd-1").dictionaries(RULE).open(directory);
    PageStore store = small.store();
    current.set(store.createPool("pool 0", PoolKind.PERSISTENT));
    ExecutorService threads = Executors.newFixedThreadPool(USERS);
    List<Future<Long>> users = new ArrayList<>();
    try {
      for (int i = 0; i < USERS; i++) {
        int user = i;
        users.add(threads.submit(() -> use(store, user)));
      }
      for (int i = 1; i <= POOLS; i++) {
        awaitTraining(store, users, i);
        Pool old = current.get();
        current.set(store.createPool("pool " + i, PoolKind.PERSISTENT));
        small.sink();
        store.destroyPool(old);
      }
    } finally {
      store.close();
      threads.shutdown();
    }
    for (Future<Long> user : users) {
      assertThat(user.get()).isPositive();
    }
    small.assertNothingIsLeft();
  }

  private static void awaitTraining(PageStore store, List<Future<Long>> users, int trained) {
    while (store.stats().dictionaries().trained() < trained) {
      assertThat(users).noneMatch(Future::isDone);
      Thread.yield();
    }
  }
}
