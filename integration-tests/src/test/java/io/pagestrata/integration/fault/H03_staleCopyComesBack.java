// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.Storm;
import io.pagestrata.integration.support.VersionedPages;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers, one writer that overwrites and removes, and writeback of everything, all on a few keys.
 * Forbidden: a get that began after a put of version n was complete sees a version below n.
 */
@ExtendWith(SeededRandom.class)
class H03_staleCopyComesBack {
  private static final int KEYS = 8;

  @TempDir private Path directory;

  @Test
  void aGetNeverSeesAnOlderVersion(Random random) throws Exception {
    try (SmallStore small = SmallStore.open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      AtomicLongArray complete = new AtomicLongArray(KEYS);
      Storm storm = new Storm();
      for (int t = 0; t < 2; t++) {
        Random own = new Random(random.nextLong());
        ByteBuffer buffer = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
        storm.repeat(() -> look(store, pool, own.nextInt(KEYS), complete, buffer));
      }
      storm.repeat(() -> store.writeBack(WritebackRequest.everything()));
      ByteBuffer buffer = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
      storm.during(8000, () -> change(store, pool, random, complete, buffer));
      assertThat(small.check()).isLessThanOrEqualTo(KEYS);
      store.flushObject(pool, 0);
      assertThat(small.check()).isZero();
    }
  }

  private static void look(
      PageStore store, Pool pool, int key, AtomicLongArray complete, ByteBuffer buffer) {
    long before = complete.get(key);
    if (store.get(pool, 0, key, buffer)) {
      assertThat(VersionedPages.read(buffer, key)).isGreaterThanOrEqualTo(before);
    }
  }

  private static void change(
      PageStore store, Pool pool, Random random, AtomicLongArray complete, ByteBuffer buffer) {
    int key = random.nextInt(KEYS);
    if (random.nextInt(4) == 0) {
      store.flush(pool, 0, key);
    } else {
      long version = complete.get(key) + 1;
      VersionedPages.write(buffer, key, version);
      assertThat(store.put(pool, 0, key, buffer)).isEqualTo(PutOutcome.STORED);
      complete.set(key, version);
    }
  }
}
