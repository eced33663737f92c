// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.Storm;
import io.pagestrata.integration.support.VersionedPages;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several threads put the same key. Each loser's zpage must be freed once and only once: afterwards
 * one page is there, and after its removal not one byte.
 */
class H31_parallelPutsOfOneKey {
  @TempDir private Path directory;

  @Test
  void noZpageIsFreedTwiceOrLeft() throws Exception {
    try (SmallStore small = SmallStore.open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      AtomicLong versions = new AtomicLong();
      Storm storm = new Storm();
      for (int t = 0; t < 3; t++) {
        ByteBuffer own = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
        storm.repeat(() -> put(store, pool, versions, own));
      }
      ByteBuffer own = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
      storm.during(10_000, () -> put(store, pool, versions, own));

      assertThat(small.check()).isEqualTo(1);
      assertThat(store.flush(pool, 0, 0)).isTrue();
      assertThat(small.check()).isZero();
      assertThat(store.stats().tiers()).extracting(TierStats::zpageBytes).containsOnly(0L);
    }
  }

  private static void put(PageStore store, Pool pool, AtomicLong versions, ByteBuffer buffer) {
    VersionedPages.write(buffer, 0, versions.incrementAndGet());
    assertThat(store.put(pool, 0, 0, buffer)).isEqualTo(PutOutcome.STORED);
  }
}
