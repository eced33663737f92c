// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolDestroyedException;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each operation of the library, with pages in RAM, on disk and without a zpage. */
@ExtendWith(SeededRandom.class)
class EveryOperationTest {
  private static final int PAGES = 200;

  @TempDir private Path directory;
  private SmallStore small;
  private Pool pool;

  @BeforeEach
  void open() {
    small = SmallStore.open(directory);
    pool = small.store().createPool("swap", PoolKind.PERSISTENT);
  }

  @AfterEach
  void close() {
    small.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfBuffer(PageBuffers kind, Random random) throws InterruptedException {
    byte[][] pages = somePages(random);
    for (int i = 0; i < PAGES; i++) {
      assertThat(kind.put(small.store(), pool, 7, i, pages[i])).isEqualTo(PutOutcome.STORED);
    }
    for (int i = 0; i < PAGES; i++) {
      assertThat(kind.get(small.store(), pool, 7, i, small.pageBytes())).isEqualTo(pages[i]);
    }
    small.store().writeBack(WritebackRequest.everything());
    for (int i = 0; i < PAGES; i++) {
      assertThat(kind.get(small.store(), pool, 7, i, small.pageBytes())).isEqualTo(pages[i]);
    }
    small.store().writeBack(WritebackRequest.everything());
    for (int i = 0; i < PAGES; i++) {
      assertThat(kind.take(small.store(), pool, 7, i, small.pageBytes())).isEqualTo(pages[i]);
      assertThat(kind.get(small.store(), pool, 7, i, small.pageBytes())).isNull();
      assertThat(kind.take(small.store(), pool, 7, i, small.pageBytes())).isNull();
    }
    assertThat(small.check()).isZero();
  }

  // An overwrite of a page on disk and an overwrite of its backing copy must both make the old
  // bytes
  // unreachable and give their space back.
  @Test
  void anOverwriteReplacesThePageWhereverItRests(Random random) throws InterruptedException {
    byte[][] old = somePages(random);
    putAll(old);
    small.store().writeBack(WritebackRequest.everything());
    for (int i = 0; i < PAGES; i += 2) {
      assertThat(get(i)).isEqualTo(old[i]);
    }
    byte[][] young = somePages(random);
    putAll(young);
    assertAll(young);
    small.store().writeBack(WritebackRequest.everything());
    assertAll(young);
    assertThat(small.check()).isEqualTo(PAGES);
  }

  @Test
  void flushSaysWhetherThePageWasThere(Random random) throws InterruptedException {
    putAll(somePages(random));
    small.store().writeBack(new WritebackRequest(0, 100_000, Duration.ZERO));
    for (int i = 0; i < PAGES; i += 2) {
      assertThat(small.store().flush(pool, 7, i)).isTrue();
      assertThat(small.store().flush(pool, 7, i)).isFalse();
      assertThat(get(i)).isNull();
    }
    assertThat(small.store().flush(pool, 7, PAGES)).isFalse();
    assertThat(small.store().flush(pool, 8, 1)).isFalse();
    assertThat(small.check()).isEqualTo(PAGES / 2);
  }

  @Test
  void objectsAndPoolsAreRemovedWhole(Random random) throws InterruptedException {
    Pool cache = small.store().createPool("cache", PoolKind.EPHEMERAL);
    byte[][] pages = somePages(random);
    for (int i = 0; i < PAGES; i++) {
      for (long object : new long[] {0, 7, Long.MIN_VALUE}) {
        small.store().put(pool, object, i, pages[i], 0);
      }
      small.store().put(cache, 7, i, pages[i], 0);
    }
    small.store().writeBack(new WritebackRequest(0, 300_000, Duration.ZERO));
    assertThat(small.store().flushObject(pool, 7)).isEqualTo(PAGES);
    assertThat(small.store().flushObject(pool, 7)).isZero();
    assertThat(get(3)).isNull();
    assertThat(small.store().get(pool, Long.MIN_VALUE, 3, new byte[small.pageBytes()], 0)).isTrue();

    assertThat(small.store().destroyPool(pool)).isEqualTo(2 * PAGES);
    assertThatThrownBy(() -> small.store().flush(pool, 0, 0))
        .isInstanceOf(PoolDestroyedException.class)
        .hasMessageContaining("swap");
    assertThat(small.store().pool("swap")).isEmpty();
    small.store().destroyPool(cache);
    assertThat(small.check()).isZero();
  }

  // One range over pages in RAM, pages on disk, same-filled pages and absent ones (hazard H25).
  @Test
  void rangesSpanEveryPlace(Random random) throws InterruptedException {
    byte[][] pages = somePages(random);
    ByteBuffer run = ByteBuffer.allocateDirect(PAGES * small.pageBytes());
    for (int i = 0; i < PAGES; i++) {
      run.put(i * small.pageBytes(), pages[i]);
    }
    assertThat(small.store().putRange(pool, 7, 0, PAGES, run)).isEqualTo(PAGES);
    small.store().writeBack(WritebackRequest.everything());
    for (int i = 0; i < PAGES; i += 3) {
      small.store().put(pool, 7, i, pages[i], 0);
    }
    for (int i = 1; i < PAGES; i += 5) {
      small.store().flush(pool, 7, i);
      Arrays.fill(pages[i], (byte) 0);
    }
    ByteBuffer got = ByteBuffer.allocate(PAGES * small.pageBytes());
    assertThat(small.store().getRange(pool, 7, 0, PAGES, got)).isEqualTo(PAGES - PAGES / 5);
    for (int i = 0; i < PAGES; i++) {
      byte[] page = new byte[small.pageBytes()];
      got.get(i * small.pageBytes(), page);
      assertThat(page).as("page %d", i).isEqualTo(pages[i]);
    }
    assertThat(small.store().flushRange(pool, 7, 10, 100)).isEqualTo(80);
    assertThat(small.store().flushRange(pool, 7, 0, 1L << 32)).isEqualTo(PAGES - PAGES / 5 - 80);
    assertThat(small.check()).isZero();
  }

  @Test
  void handlesReachTheEdgesOfTheirTypes(Random random) throws InterruptedException {
    long[] objects = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE};
    int[] indexes = {0, 511, 512, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};
    byte[][] pages = somePages(random);
    int n = 0;
    for (long object : objects) {
      for (int index : indexes) {
        assertThat(small.store().put(pool, object, index, pages[n++], 0))
            .isEqualTo(PutOutcome.STORED);
      }
    }
    small.store().writeBack(WritebackRequest.everything());
    n = 0;
    for (long object : objects) {
      for (int index : indexes) {
        byte[] got = new byte[small.pageBytes()];
        assertThat(small.store().get(pool, object, index, got, 0)).isTrue();
        assertThat(got).as("object %d index %d", object, index).isEqualTo(pages[n++]);
      }
    }
    assertThat(small.check()).isEqualTo(objects.length * indexes.length);
  }

  private static byte[][] somePages(Random random) {
    byte[][] pages = new byte[PAGES][];
    Arrays.setAll(pages, i -> RealPages.of(SmallStore.PAGE_BYTES).mixed(random));
    return pages;
  }

  private void putAll(byte[][] pages) {
    for (int i = 0; i < pages.length; i++) {
      assertThat(small.store().put(pool, 7, i, pages[i], 0)).isEqualTo(PutOutcome.STORED);
    }
  }

  private void assertAll(byte[][] pages) {
    for (int i = 0; i < pages.length; i++) {
      assertThat(get(i)).as("page %d", i).isEqualTo(pages[i]);
    }
  }

  private byte[] get(int index) {
    return PageBuffers.ARRAY.get(small.store(), pool, 7, index, small.pageBytes());
  }
}
