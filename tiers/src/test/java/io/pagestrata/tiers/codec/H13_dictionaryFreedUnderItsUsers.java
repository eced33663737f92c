// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.tier.MemoryBudget;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fails: nothing; pools come and go with their dictionaries, and all end in the middle of it, while
 * contexts compress and decompress. Must hold: what a context made it reads again, while it holds
 * the dictionary; nothing is used after it was freed (the process would end); all memory comes
 * back.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H13_dictionaryFreedUnderItsUsers {
  private static final int PAGE_BYTES = SampledPages.PAGE_BYTES;
  private static final int USERS = 3;
  private static final int POOLS = 12;

  private final AtomicLong clock = new AtomicLong();
  private final MemoryBudget budget = new MemoryBudget(256 << 20);
  private final ZstdDictionaries dictionaries =
      new ZstdDictionaries(
          new DictionaryRule(true, PAGE_BYTES, 8 << 10, 0.03, 1, 32 * PAGE_BYTES, 1),
          budget,
          clock::get);
  private final PageCodec codec = dictionaries.encoder(Codecs.parse("zstd-1"));
  private final AtomicInteger newestPool = new AtomicInteger(1);
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger withDictionary = new AtomicInteger();

  private Void use() throws CodecException {
    SampledPages pages = new SampledPages();
    ByteBuffer payload = ByteBuffer.allocateDirect(2 * PAGE_BYTES);
    ByteBuffer found = ByteBuffer.allocateDirect(PAGE_BYTES);
    try (CodecContext encoder = codec.newContext();
        CodecContext decoder = codec.newContext()) {
      for (int i = 0; !ended.get(); i++) {
        int pool = newestPool.get() - i % 2;
        ByteBuffer page = pages.records("kind" + pool);
        int id = encoder.codecFor(pool);
        int bytes = encoder.compress(page, 0, PAGE_BYTES, payload, 0, payload.capacity());
        if (id == PageCodec.ZSTD_DICTIONARY_ID) {
          withDictionary.incrementAndGet();
          try {
            decoder.decompress(payload, 0, bytes, found, 0, PAGE_BYTES);
          } catch (CodecException e) {
            // The pool went between: then its pages are gone too.
            assertThat(e).hasMessageContaining("is missing");
            assertThat(dictionaries.pool(pool).gone).isTrue();
            continue;
          }
          assertThat(found.clear()).isEqualTo(page.clear());
        }
      }
    }
    return null;
  }

  @Test
  void poolsGoWhileContextsWork() throws Exception {
    dictionaries.attach(DictionaryLog.NONE);
    ExecutorService threads = Executors.newFixedThreadPool(USERS);
    try {
      List<Future<Void>> users = new ArrayList<>();
      for (int i = 0; i < USERS; i++) {
        users.add(threads.submit(this::use));
      }
      while (newestPool.get() < POOLS && isRunning(users)) {
        if (dictionaries.step().isPresent()) {
          int before = withDictionary.get();
          while (withDictionary.get() < before + 20 && isRunning(users)) {
            Thread.onSpinWait();
          }
          int pool = newestPool.getAndIncrement();
          dictionaries.dropPool(pool - 1);
          clock.addAndGet(Duration.ofSeconds(11).toNanos());
        }
      }
      // Freed from the table with contexts at work, as when a store is closed under a reader.
      dictionaries.close();
      ended.set(true);
      for (Future<Void> user : users) {
        user.get();
      }
    } finally {
      ended.set(true);
      threads.shutdown();
    }
    assertThat(dictionaries.stats().trained()).isPositive();
    assertThat(budget.usedBytes()).isZero();
  }

  private static boolean isRunning(List<Future<Void>> users) {
    return users.stream().noneMatch(Future::isDone);
  }
}
