// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RecordPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.codec.DictionaryRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages of a pool change their kind, so new versions of its dictionary come while zpages of the
 * old ones rest in every tier. Must hold: each page is read with the version that made it, wherever
 * it was moved.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H22_dictionaryIsStillNeeded {
  private static final int PAGE_BYTES = SmallStore.PAGE_BYTES;
  private static final int SAMPLES = 64;
  private static final int VERSIONS = 3;
  private static final long CHECK_NANOS = 1_000_000;

  /** More than it takes for a version that no zpage needs to go. */
  private static final int LOOKS = 8;

  private static final long PAUSE_NANOS = Duration.ofSeconds(11).toNanos();
  private static final DictionaryRule RULE =
      new DictionaryRule(true, PAGE_BYTES, 16 << 10, 0.03, CHECK_NANOS, SAMPLES * PAGE_BYTES, 1);

  @TempDir private Path directory;
  private final AtomicLong passedNanos = new AtomicLong();
  private final List<byte[]> expected = new ArrayList<>();

  @Test
  void zpagesOfEveryVersionStayReadable() throws InterruptedException {
    try (SmallStore small =
        SmallStore.options()
            .ramBytes(128 << 20)
            .codec("zstd-1")
            .dictionaries(RULE, () -> System.nanoTime() + passedNanos.get())
            .open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      for (int version = 1; version <= VERSIONS; version++) {
        RecordPages pages = new RecordPages(PAGE_BYTES, version);
        while (store.stats().dictionaries().trained() < version) {
          put(store, pool, pages, SAMPLES);
          LockSupport.parkNanos(CHECK_NANOS);
        }
        put(store, pool, pages, SAMPLES);
        if (version < VERSIONS) {
          small.sink();
        }
      }
      for (int look = 0; look < LOOKS; look++) {
        passedNanos.addAndGet(PAUSE_NANOS);
        small.dictionaries().step();
      }
      assertThat(store.stats().dictionaries().alive()).isGreaterThanOrEqualTo(VERSIONS);
      assertThat(store.stats().dictionaries().inUse()).isEqualTo(1);
      assertReadable(store, pool);
      small.sink();
      assertReadable(store, pool);
      assertThat(small.check()).isEqualTo(expected.size());
    }
  }

  private void put(PageStore store, Pool pool, RecordPages pages, int count) {
    for (int i = 0; i < count; i++) {
      int index = expected.size();
      expected.add(pages.page(index));
      assertThat(store.put(pool, 0, index, expected.get(index), 0)).isEqualTo(PutOutcome.STORED);
    }
  }

  private void assertReadable(PageStore store, Pool pool) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(PageBuffers.HEAP.get(store, pool, 0, i, PAGE_BYTES))
          .as("page %d", i)
          .isEqualTo(expected.get(i));
    }
  }
}
