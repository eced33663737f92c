// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The smallest RAM tier that the rules allow really works: no put is refused, no page is lost. */
class SmallestStoreTest {
  private static final Pattern LEAST = Pattern.compile("expected at least ([0-9]+[A-Za-z]+):");
  private static final int THREADS = 4;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "4KiB, 128KiB, 2, auto", "4KiB, 256KiB, 8, auto", "16KiB, 128KiB, 2, auto",
    "64KiB, 256KiB, 2, auto", "64KiB, 256KiB, 8, 1", "4KiB, 128KiB, 2, 4"
  })
  void itWorks(String pageSize, String batchSize, int ringSlots, String shards) throws Exception {
    InvalidConfigurationException tooSmall =
        catchThrowableOfType(
            InvalidConfigurationException.class,
            () -> builder("1MiB", pageSize, batchSize, ringSlots, shards).build());
    Matcher least =
        LEAST.matcher(tooSmall == null ? "expected at least 1MiB:" : tooSmall.getMessage());
    assertThat(least.find()).isTrue();
    try (PageStore store = builder(least.group(1), pageSize, batchSize, ringSlots, shards).open()) {
      Pool pool = store.createPool("p", PoolKind.PERSISTENT);
      int pages = (int) (4 * store.stats().budgetLimitBytes() / store.pageBytes() / THREADS);
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        List<Future<?>> done = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          int object = thread;
          done.add(threads.submit(() -> putAndRead(store, pool, object, pages)));
        }
        for (Future<?> future : done) {
          future.get();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(store.stats().budgetUsedBytes())
          .isLessThanOrEqualTo(store.stats().budgetLimitBytes());
    }
  }

  private PagestrataBuilder builder(
      String maxSize, String pageSize, String batchSize, int ringSlots, String shards) {
    return Pagestrata.builder()
        .pageSize(pageSize)
        .putWait("5s")
        .ram(
            ram -> {
              ram.maxSize(maxSize);
              if (!shards.equals("auto")) {
                ram.shards(Integer.parseInt(shards));
              }
            })
        .file(file -> file.directory(directory).maxSize("256MiB"))
        .writeback(writeback -> writeback.batchSize(batchSize).ringSlots(ringSlots));
  }

  private static void putAndRead(PageStore store, Pool pool, int object, int pages) {
    byte[] page = new byte[store.pageBytes()];
    byte[] copy = new byte[store.pageBytes()];
    for (int i = 0; i < pages; i++) {
      fill(page, object, i);
      assertThat(store.put(pool, object, i, page, 0)).isEqualTo(PutOutcome.STORED);
    }
    for (int i = 0; i < pages; i++) {
      fill(page, object, i);
      assertThat(store.get(pool, object, i, copy, 0)).isTrue();
      assertThat(copy).isEqualTo(page);
    }
  }

  /** Half of each page is random, so that it compresses about as real ones do. */
  private static void fill(byte[] page, int object, int index) {
    Random random = new Random(31L * object + index);
    for (int i = 0; i < page.length / 2; i++) {
      page[i] = (byte) random.nextInt(256);
    }
  }
}
