// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One page for each amount of noise, from a single word to the whole page, so that zpages of every
 * size lie in RAM. Reclaim must choose all of them, the smallest and the incompressible too.
 */
class H20_smallestSizeNeverChosen {
  private static final int SIZES = SmallStore.PAGE_BYTES / Long.BYTES;

  @TempDir private Path directory;

  @Test
  void zpagesOfEverySizeGoDown() throws InterruptedException {
    try (SmallStore small = SmallStore.open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      for (int i = 0; i < SIZES; i++) {
        assertThat(small.store().put(pool, 0, i, page(i), 0)).isEqualTo(PutOutcome.STORED);
      }
      small.store().writeBack(WritebackRequest.everything());
      assertThat(small.check()).isEqualTo(SIZES);
      small
          .store()
          .inspect(
              (owner, object, index, place) ->
                  assertThat(place.tier()).as("tier of page %d", index).isEqualTo(1));
      for (int i = 0; i < SIZES; i++) {
        assertThat(PageBuffers.HEAP.get(small.store(), pool, 0, i, SmallStore.PAGE_BYTES))
            .isEqualTo(page(i));
      }
    }
  }

  /** Noise in the last words, zeroes before. */
  private static byte[] page(int i) {
    byte[] page = new byte[SmallStore.PAGE_BYTES];
    byte[] noise = new byte[(i + 1) * Long.BYTES];
    new Random(i).nextBytes(noise);
    System.arraycopy(noise, 0, page, page.length - noise.length, noise.length);
    return page;
  }
}
