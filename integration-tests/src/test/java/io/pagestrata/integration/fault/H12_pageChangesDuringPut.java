// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.Storm;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A caller breaks the rule and changes the page while it is put, from well compressible to noise
 * and back. The stored page may be any mixture, but it must be readable, and its neighbours
 * unharmed.
 */
@ExtendWith(SeededRandom.class)
class H12_pageChangesDuringPut {
  private static final int NEIGHBOURS = 500;

  @TempDir private Path directory;

  @Test
  void neighboursStayWhole(Random random) throws Exception {
    try (SmallStore small = SmallStore.open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
      ByteBuffer changing = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
      Random noise = new Random(random.nextLong());
      Storm storm = new Storm();
      storm.repeat(
          () -> {
            boolean calm = noise.nextBoolean();
            for (int i = 0; i < SmallStore.PAGE_BYTES; i += Long.BYTES) {
              changing.putLong(i, calm ? 1 : noise.nextLong());
            }
          });
      int[] next = new int[1];
      storm.during(
          NEIGHBOURS,
          () -> {
            int i = next[0]++;
            assertThat(small.store().put(pool, 1, i, pages.page(i), 0))
                .isEqualTo(PutOutcome.STORED);
            assertThat(small.store().put(pool, 2, i, changing)).isEqualTo(PutOutcome.STORED);
          });
      for (int i = 0; i < NEIGHBOURS; i++) {
        assertThat(PageBuffers.HEAP.get(small.store(), pool, 1, i, SmallStore.PAGE_BYTES))
            .isEqualTo(pages.page(i));
        assertThat(PageBuffers.HEAP.get(small.store(), pool, 2, i, SmallStore.PAGE_BYTES))
            .isNotNull();
      }
      assertThat(small.check()).isEqualTo(2 * NEIGHBOURS);
    }
  }
}
