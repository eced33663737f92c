// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The codec of a running store changes; what was stored before stays readable everywhere. */
class CodecSwitchTest {
  private static final int PAGES_PER_CODEC = 300;

  @TempDir private Path directory;

  @Test
  void zpagesOfEveryCodecLiveSideBySide() throws InterruptedException {
    RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
    try (SmallStore small = SmallStore.open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      String[] codecs = {"lz4", "zstd-1", "none", "zstd-9", "lz4"};
      for (int c = 0; c < codecs.length; c++) {
        small.store().switchCodec(small.codec(codecs[c]));
        for (int i = 0; i < PAGES_PER_CODEC; i++) {
          int index = c * PAGES_PER_CODEC + i;
          assertThat(small.store().put(pool, 0, index, pages.page(index), 0))
              .isEqualTo(PutOutcome.STORED);
        }
        if (c % 2 == 0) {
          small.store().writeBack(WritebackRequest.everything());
        }
      }
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < codecs.length * PAGES_PER_CODEC; i++) {
          assertThat(PageBuffers.HEAP.get(small.store(), pool, 0, i, small.pageBytes()))
              .as("page %d", i)
              .isEqualTo(pages.page(i));
        }
        small.store().writeBack(WritebackRequest.everything());
      }
      assertThat(small.check()).isEqualTo(codecs.length * PAGES_PER_CODEC);
    }
  }
}
