// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cold data comes in faster than the disk takes it. No put may be refused, and what reaches the
 * disk must be what is oldest, not what happened to find RAM full.
 */
class H18_burstAboveTheDrainRate {
  private static final long DISK_BYTES_PER_SECOND = 8 << 20;
  private static final int PAGES = 12_000;

  /** Blocks are filled side by side and reclaimed whole, so ages mix within so many pages. */
  private static final int MOST_INVERTED = PAGES / 20;

  @TempDir private Path directory;

  @Test
  void everyPutIsTakenAndTheOldestPagesReachTheDisk() {
    WriteBudget slow =
        new WriteBudget(
            "file",
            DISK_BYTES_PER_SECOND,
            WriteBudget.NO_LIMIT,
            System::nanoTime,
            InstantSource.system());
    RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
    try (SmallStore small = SmallStore.options().budget(slow).open(directory)) {
      Pool pool = small.store().createPool("cold", PoolKind.PERSISTENT);
      for (int i = 0; i < PAGES; i++) {
        assertThat(small.store().put(pool, 0, i, pages.page(i), 0))
            .as("put %d", i)
            .isEqualTo(PutOutcome.STORED);
      }
      StoreStats stats = small.store().stats();
      assertThat(stats.putsRefusedFull() + stats.policies().putsRefusedBudget()).isZero();
      assertThat(stats.stalls()).as("the burst was above the drain rate").isPositive();

      int[] onDisk = {0};
      int[] youngestOnDisk = {0};
      small
          .store()
          .inspect(
              (owner, object, index, place) -> {
                if (place.tier() == 1) {
                  onDisk[0]++;
                  youngestOnDisk[0] = Math.max(youngestOnDisk[0], index);
                }
              });
      assertThat(onDisk[0]).isGreaterThan(PAGES / 2);
      assertThat(youngestOnDisk[0] - sameFilled(pages, youngestOnDisk[0]) - onDisk[0])
          .as("pages in RAM that are older than one on disk")
          .isLessThan(MOST_INVERTED);
      assertThat(small.check()).isEqualTo(PAGES);
    }
  }

  /** Pages that take no room anywhere and so never reach the disk. */
  private static int sameFilled(RealPages pages, int until) {
    int count = 0;
    for (int i = 0; i <= until; i++) {
      byte[] page = pages.page(i);
      int at = Long.BYTES;
      while (at < page.length && page[at] == page[at - Long.BYTES]) {
        at++;
      }
      count += at == page.length ? 1 : 0;
    }
    return count;
  }
}
