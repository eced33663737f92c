// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RecordPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.codec.DictionaryRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A version that was replaced goes with the last zpage that needs it, wherever that rests. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OldDictionariesTest {
  private static final int PAGE_BYTES = SmallStore.PAGE_BYTES;
  private static final int SAMPLES = 64;
  private static final int PAGES = 400;

  /**
   * One finds that there is an old version, one may find its last zpage on the way, three count.
   */
  private static final int LOOKS = 5;

  private static final long PAUSE_NANOS = Duration.ofSeconds(11).toNanos();
  private static final long BREAK_NANOS = 2_000_000;
  private static final long CHECK_NANOS = Duration.ofDays(1).toNanos();
  private static final DictionaryRule RULE =
      new DictionaryRule(true, PAGE_BYTES, 16 << 10, 0.03, CHECK_NANOS, SAMPLES * PAGE_BYTES, 1);

  @TempDir private Path directory;
  private final AtomicLong clock = new AtomicLong();

  private SmallStore open() {
    return SmallStore.options()
        .durable()
        .ramBytes(128 << 20)
        .codec("zstd-1")
        .dictionaries(RULE, clock::get)
        .open(directory);
  }

  private static void put(PageStore store, Pool pool, RecordPages pages, int index) {
    assertThat(store.put(pool, 0, index, pages.page(index), 0)).isEqualTo(PutOutcome.STORED);
  }

  /** Puts pages of one kind until there is a dictionary for it, then keeps some. */
  private void train(PageStore store, Pool pool, RecordPages pages, int version, int firstIndex) {
    clock.addAndGet(CHECK_NANOS);
    while (store.stats().dictionaries().trained() < version) {
      for (int i = 0; i < SAMPLES; i++) {
        put(store, pool, pages, firstIndex + i);
      }
      LockSupport.parkNanos(BREAK_NANOS);
    }
    for (int i = 0; i < PAGES; i++) {
      put(store, pool, pages, firstIndex + i);
    }
  }

  /** Lets time pass for so many looks at the zpages, and says how many versions are left. */
  private long aliveAfterLooks(SmallStore small) {
    for (int look = 0; look < LOOKS; look++) {
      clock.addAndGet(PAUSE_NANOS);
      small.dictionaries().step();
    }
    return small.store().stats().dictionaries().alive();
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(".psd")).count();
    }
  }

  private static void assertPages(PageStore store, Pool pool, RecordPages pages, int first) {
    for (int i = first; i < first + PAGES; i++) {
      assertThat(PageBuffers.HEAP.get(store, pool, 0, i, PAGE_BYTES))
          .as("page %d", i)
          .isEqualTo(pages.page(i));
    }
  }

  @Test
  void itStaysForAZpageInRamAndGoesWithIt() throws IOException {
    try (SmallStore small = open()) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      RecordPages before = new RecordPages(PAGE_BYTES, 1);
      train(store, pool, before, 1, 0);
      train(store, pool, new RecordPages(PAGE_BYTES, 2), 2, PAGES);
      assertThat(aliveAfterLooks(small)).isEqualTo(2);
      assertPages(store, pool, before, 0);
      assertThat(store.flushRange(pool, 0, 0, PAGES - 1)).isEqualTo(PAGES - 1);
      assertThat(aliveAfterLooks(small)).as("one page needs it").isEqualTo(2);
      assertThat(store.flush(pool, 0, PAGES - 1)).isTrue();
      assertThat(aliveAfterLooks(small)).isEqualTo(1);
      assertPages(store, pool, new RecordPages(PAGE_BYTES, 2), PAGES);
      // Its file goes with the next sync: until then a crash brings pages back that need it.
      assertThat(files()).isEqualTo(2);
      store.sync();
      assertThat(files()).isEqualTo(1);
    }
    try (SmallStore small = open()) {
      PageStore store = small.store();
      assertPages(store, store.pool("swap").orElseThrow(), new RecordPages(PAGE_BYTES, 2), PAGES);
    }
  }

  @Test
  void itStaysForSegmentsThatHoldRecordsOfItAndGoesWithThem()
      throws IOException, InterruptedException {
    try (SmallStore small = open()) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      RecordPages before = new RecordPages(PAGE_BYTES, 1);
      RecordPages after = new RecordPages(PAGE_BYTES, 2);
      train(store, pool, before, 1, 0);
      small.sink();
      train(store, pool, after, 2, PAGES);
      assertThat(aliveAfterLooks(small)).isEqualTo(2);
      // What comes up again is seen there.
      store.prefetch(pool, 0, 0, PAGES);
      assertThat(aliveAfterLooks(small)).isEqualTo(2);
      assertPages(store, pool, before, 0);
      small.sink();
      assertPages(store, pool, before, 0);
      store.flushRange(pool, 0, 0, PAGES);
      int next = 2 * PAGES;
      while (aliveAfterLooks(small) > 1) {
        // Fills the segment up that holds the last of them, and lets cleaning and syncs work.
        for (int i = 0; i < PAGES; i++) {
          put(store, pool, after, next++);
        }
        small.sink();
        store.sync();
      }
      store.sync();
      assertThat(files()).isEqualTo(1);
      assertPages(store, pool, after, PAGES);
      assertThat(small.check()).isEqualTo(next - PAGES);
    }
  }
}
