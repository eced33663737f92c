// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Puts over existing keys are refused since every tier is full. A persistent page keeps its old
 * content, an ephemeral page is gone: never is older content read where newer was accepted.
 */
class H05_refusedPutLeavesNoStalePage {
  private static final int KEYS = 100;
  private static final int REFUSALS_OF_A_FULL_STORE = 20;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
  private SmallStore small;

  @BeforeEach
  void open() {
    small = SmallStore.options().fileBytes(8 << 20).putWait(Duration.ofMillis(5)).open(directory);
  }

  @AfterEach
  void close() {
    small.close();
  }

  @Test
  void aPersistentPageKeepsItsContent() throws InterruptedException {
    Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    for (int i = 0; i < KEYS; i++) {
      assertThat(put(pool, i, i)).isEqualTo(PutOutcome.STORED);
    }
    fillUp();
    int refused = 0;
    for (int i = 0; i < KEYS; i++) {
      boolean stored = put(pool, i, i + 1000).isStored();
      refused += stored ? 0 : 1;
      assertThat(get(pool, i)).isEqualTo(pages.page(stored ? i + 1000 : i));
    }
    assertThat(refused).isPositive();
    small.check();
  }

  @Test
  void anEphemeralPageIsGone() throws InterruptedException {
    Pool cache = small.store().createPool("cache", PoolKind.EPHEMERAL);
    Pool swap = small.store().createPool("swap", PoolKind.PERSISTENT);
    fill(swap, 0);
    int refused = 0;
    for (int i = 0; i < KEYS; i++) {
      if (put(cache, 0, i).isStored()) {
        fill(swap, 1_000_000 + i * 1000);
      }
      boolean stored = put(cache, 0, i + 1000).isStored();
      refused += stored ? 0 : 1;
      byte[] found = get(cache, 0);
      if (found != null) {
        assertThat(stored).as("a refused put leaves an ephemeral page readable").isTrue();
        assertThat(found).isEqualTo(pages.page(i + 1000));
      }
    }
    assertThat(refused).isPositive();
    small.check();
  }

  // Hazard H6 as well: a run of pages that does not fit as a whole is stored up to a page, which is
  // told, and not beyond.
  @Test
  void aRunIsStoredUpToTheFirstRefusal() throws InterruptedException {
    Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    int count = 12_000;
    ByteBuffer run = ByteBuffer.allocate(count * SmallStore.PAGE_BYTES);
    for (int i = 0; i < count; i++) {
      run.put(
          i * SmallStore.PAGE_BYTES,
          RealPages.incompressible(SmallStore.PAGE_BYTES, new Random(i)));
    }
    int stored = small.store().putRange(pool, 0, 0, count, run);
    assertThat(stored).isBetween(1, count - 1);
    for (int i = 0; i < count; i++) {
      byte[] found = get(pool, i);
      if (i < stored) {
        assertThat(found).isEqualTo(RealPages.incompressible(SmallStore.PAGE_BYTES, new Random(i)));
      } else {
        assertThat(found).isNull();
      }
    }
    assertThat(small.check()).isEqualTo(stored);
  }

  private void fillUp() {
    fill(small.store().createPool("filler", PoolKind.PERSISTENT), 0);
  }

  private void fill(Pool pool, int first) {
    int i = first;
    // One refusal may only say that writeback was slower than the short put wait.
    for (int refusals = 0; refusals < REFUSALS_OF_A_FULL_STORE; ) {
      if (put(pool, i, i).isStored()) {
        i++;
        refusals = 0;
      } else {
        refusals++;
      }
    }
  }

  private PutOutcome put(Pool pool, int index, int page) {
    return small.store().put(pool, 0, index, pages.page(page), 0);
  }

  private byte[] get(Pool pool, int index) {
    return PageBuffers.HEAP.get(small.store(), pool, 0, index, SmallStore.PAGE_BYTES);
  }
}
