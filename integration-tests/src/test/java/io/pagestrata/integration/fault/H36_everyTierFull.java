// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RAM and disk are full. A put must be refused after its wait, with its own counter; what was
 * accepted must stay readable; and room made by removal must be found again.
 */
class H36_everyTierFull {
  private static final int MOST_PAGES = 1_000_000;

  @TempDir private Path directory;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPutIsRefusedInBoundedTimeAndRoomIsFoundAgain() throws InterruptedException {
    RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
    try (SmallStore small =
        SmallStore.options().fileBytes(8 << 20).putWait(Duration.ofMillis(300)).open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      int stored = fill(small.store(), pool, pages);
      assertThat(small.store().put(pool, 0, stored, pages.page(stored), 0))
          .isEqualTo(PutOutcome.REFUSED_FULL);
      assertThat(small.store().stats().putsRefusedFull()).isPositive();
      for (int i = 0; i < stored; i++) {
        assertThat(PageBuffers.DIRECT.get(small.store(), pool, 0, i, SmallStore.PAGE_BYTES))
            .as("page %d of %d", i, stored)
            .isEqualTo(pages.page(i));
      }
      assertThat(small.check()).isEqualTo(stored);

      small.store().flushRange(pool, 0, 0, stored / 2);
      for (int i = 0; i < stored / 4; i++) {
        assertThat(small.store().put(pool, 0, i, pages.page(i), 0))
            .as("put %d after %d of %d pages were removed", i, stored / 2, stored)
            .isEqualTo(PutOutcome.STORED);
      }
      assertThat(small.check()).isEqualTo(stored - stored / 2 + stored / 4);
    }
  }

  /** Nothing lies below, so nobody but cleaning makes room, and puts come before it does. */
  @ParameterizedTest
  @ValueSource(strings = {"log", "zsmalloc"})
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPutIntoTheOnlyTierWaitsForCleaning(String zpool) {
    RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
    try (PageStore store =
        Pagestrata.builder().ram(ram -> ram.maxSize("16MiB").zpool(zpool)).open()) {
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      int stored = fill(store, pool, pages);
      for (int i = 0; i < stored; i += 2) {
        assertThat(store.flush(pool, 0, i)).isTrue();
      }
      for (int i = 0; i < stored / 2; i += 2) {
        assertThat(store.put(pool, 0, i, pages.page(i), 0))
            .as("put %d, after every other page of %d was removed", i, stored)
            .isEqualTo(PutOutcome.STORED);
      }
    }
  }

  private static int fill(PageStore store, Pool pool, RealPages pages) {
    for (int i = 0; i < MOST_PAGES; i++) {
      if (store.put(pool, 0, i, pages.page(i), 0) == PutOutcome.REFUSED_FULL) {
        return i;
      }
    }
    throw new AssertionError("the store has no limit");
  }
}
