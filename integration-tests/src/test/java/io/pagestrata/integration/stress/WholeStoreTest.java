// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.Storm;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads use all operations on pages that tell their key and version, in a store so small that
 * both tiers reclaim and clean all the time. Each thread writes its own object and reads them all.
 *
 * <p>Forbidden: a <em>torn</em> or <em>foreign</em> page; a <em>stale</em> one, older than a put
 * that had ended before the get began; a <em>lost</em> one, absent for its writer; a
 * <em>resurrected</em> one, there again after its removal.
 */
@ExtendWith(SeededRandom.class)
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class WholeStoreTest {
  private static final int WRITERS = 4;
  private static final int INDEXES = 900;
  private static final int ABSENT = 0;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void noForbiddenResult(ZpoolKind zpool, Random random) throws Exception {
    run(zpool, 20_000, Deduplication.OFF, random);
  }

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void noForbiddenResultWherePagesShare(ZpoolKind zpool, Random random) throws Exception {
    run(zpool, 10_000, Deduplication.POOL, random);
  }

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  @Tag("stress")
  void noForbiddenResultForLong(ZpoolKind zpool, Random random) throws Exception {
    for (int round = 0; round < 20; round++) {
      run(zpool, 500_000, Deduplication.values()[round % 2], random);
    }
  }

  private void run(ZpoolKind zpool, int steps, Deduplication scope, Random random)
      throws Exception {
    boolean shares = scope != Deduplication.OFF;
    SmallStore.Options options = SmallStore.options().zpool(zpool).deduplication(scope);
    try (SmallStore small = options.ramBytes(2 << 20).fileBytes(16 << 20).open(directory)) {
      PageStore store = small.store();
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      AtomicLongArray ended = new AtomicLongArray(WRITERS * INDEXES);
      Writer[] writers = new Writer[WRITERS];
      AtomicInteger done = new AtomicInteger();
      Storm storm = new Storm();
      for (int i = 0; i < WRITERS; i++) {
        Writer writer = new Writer(store, pool, i, shares, ended, new Random(random.nextLong()));
        writers[i] = writer;
        storm.repeat(
            () -> {
              if (writer.steps < steps) {
                writer.step();
                if (++writer.steps == steps) {
                  done.incrementAndGet();
                }
              } else {
                Thread.yield();
              }
            });
      }
      storm.during(
          1,
          () -> {
            while (done.get() < WRITERS && !storm.hasFailed()) {
              store.writeBack(new WritebackRequest(0, 1 << 18, Duration.ZERO));
              store.switchCodec(small.codec(random.nextBoolean() ? "lz4" : "zstd"));
              store.stats();
            }
          });
      long pages = 0;
      for (Writer writer : writers) {
        pages += writer.checkAll();
      }
      assertThat(small.check()).isEqualTo(pages);
      StoreStats stats = store.stats();
      assertThat(stats.promotions()).as("promotions").isPositive();
      assertThat(stats.writeback().cleanEvictions()).as("clean evictions").isPositive();
      assertThat(stats.writeback().secondChances()).as("second chances").isPositive();
      assertThat(stats.tiers().get(1).regionsCleaned()).as("segments cleaned").isPositive();
      assertThat(stats.corruptPages()).isZero();
      assertThat(stats.policies().deduplication().putsShared() > 0).isEqualTo(shares);
      store.destroyPool(pool);
      assertThat(small.check()).isZero();
    }
  }

  private static final class Writer {
    private final PageStore store;
    private final Pool pool;
    private final int object;
    private final boolean shares;
    private final AtomicLongArray ended;
    private final Random random;
    private final long[] versions = new long[INDEXES];
    private final ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
    private long lastVersion;
    private int steps;

    Writer(
        PageStore store,
        Pool pool,
        int object,
        boolean shares,
        AtomicLongArray ended,
        Random random) {
      this.store = store;
      this.pool = pool;
      this.object = object;
      this.shares = shares;
      this.ended = ended;
      this.random = random;
    }

    void step() {
      // Squared, so that low indexes are hot.
      int index = (int) (random.nextDouble() * random.nextDouble() * INDEXES);
      int choice = random.nextInt(1000);
      if (choice < 400) {
        put(index);
      } else if (choice < 600) {
        check(index, store.get(pool, object, index, page));
      } else if (choice < 920) {
        readAny(random.nextInt(WRITERS), index);
      } else if (choice < 960) {
        check(index, store.take(pool, object, index, page));
        removed(index, 1);
      } else if (choice < 990) {
        assertThat(store.flush(pool, object, index)).isEqualTo(versions[index] != ABSENT);
        removed(index, 1);
      } else {
        int count = Math.min(INDEXES - index, 1 + random.nextInt(30));
        store.flushRange(pool, object, index, count);
        removed(index, count);
      }
    }

    private void put(int index) {
      VersionedPages.write(page, name(object, index), ++lastVersion);
      assertThat(store.put(pool, object, index, page)).isEqualTo(PutOutcome.STORED);
      versions[index] = lastVersion;
      ended.set(key(object, index), lastVersion);
    }

    private void removed(int first, int count) {
      for (int index = first; index < first + count; index++) {
        versions[index] = ABSENT;
        // What was there is older than this, so a reader that meets it later sees it is stale.
        ended.set(key(object, index), ++lastVersion);
      }
    }

    private void check(int index, boolean found) {
      String name = "object " + object + " index " + index;
      assertThat(found).as("lost or resurrected: %s", name).isEqualTo(versions[index] != ABSENT);
      if (found) {
        assertThat(VersionedPages.read(page, name(object, index)))
            .as("version of %s", name)
            .isEqualTo(versions[index]);
      }
    }

    private void readAny(int of, int index) {
      long least = ended.get(key(of, index));
      if (store.get(pool, of, index, page)) {
        assertThat(VersionedPages.read(page, name(of, index)))
            .as("stale: object %d index %d", of, index)
            .isGreaterThanOrEqualTo(least);
      }
    }

    long checkAll() {
      long present = 0;
      for (int index = 0; index < INDEXES; index++) {
        check(index, store.get(pool, object, index, page));
        present += versions[index] == ABSENT ? 0 : 1;
      }
      return present;
    }

    /** What tells the pages of one key from those of others; nothing where pages are to share. */
    private int name(int of, int index) {
      return shares ? 0 : key(of, index);
    }

    private static int key(int object, int index) {
      return object * INDEXES + index;
    }
  }
}
