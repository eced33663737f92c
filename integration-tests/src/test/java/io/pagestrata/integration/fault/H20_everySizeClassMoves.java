// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageVisitor.Place;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages shrink to every size, from a few bytes to not at all, a handful of each. Reclaim must take
 * every one of them down, the smallest and the largest included; each must come back right, be
 * promoted, and leave the RAM tier once more.
 */
@ExtendWith(SeededRandom.class)
class H20_everySizeClassMoves {
  /** Records of a segment have this step at 4 KiB pages; RAM places have half of it. */
  private static final int CLASS_BYTES = SmallStore.PAGE_BYTES / 256;

  private static final int STEP_BYTES = CLASS_BYTES / 4;
  private static final int PAGES = SmallStore.PAGE_BYTES / STEP_BYTES;

  @TempDir private Path directory;

  @Test
  void pagesOfEverySizeSinkAndRise(Random random) throws Exception {
    byte[][] pages = new byte[PAGES][];
    for (int i = 0; i < PAGES; i++) {
      pages[i] = noiseThenZeroes((i + 1) * STEP_BYTES, random);
    }
    try (SmallStore small =
        SmallStore.options().ramBytes(16 << 20).promotion(Promotion.ALWAYS).open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      for (int i = 0; i < PAGES; i++) {
        assertThat(small.store().put(pool, 0, i, pages[i], 0)).isEqualTo(PutOutcome.STORED);
      }
      TreeSet<Integer> classes = classesIn(small, 0);
      assertThat(classes.first())
          .as("the smallest zpage is hardly more than its header")
          .isLessThanOrEqualTo((ZpageHeader.BYTES + 2 * CLASS_BYTES) / CLASS_BYTES);
      assertThat(classes.last())
          .as("a page that does not shrink")
          .isEqualTo((ZpageHeader.BYTES + SmallStore.PAGE_BYTES) / CLASS_BYTES);
      // lz4 adds a byte for each 255, so no more than one class in sixteen may be skipped.
      assertThat(classes).hasSizeGreaterThan((classes.last() - classes.first()) * 15 / 16);

      small.store().writeBack(WritebackRequest.everything());
      assertThat(classesIn(small, 0)).as("size classes left in RAM").isEmpty();
      assertThat(classesIn(small, 1)).as("size classes on disk").isEqualTo(classes);

      for (int i = 0; i < PAGES; i++) {
        assertThat(PageBuffers.DIRECT.get(small.store(), pool, 0, i, SmallStore.PAGE_BYTES))
            .as("page of %d bytes of noise", (i + 1) * STEP_BYTES)
            .isEqualTo(pages[i]);
      }
      assertThat(classesIn(small, 0)).as("size classes that rose").isEqualTo(classes);
      assertThat(small.check()).isEqualTo(PAGES);

      small.store().writeBack(WritebackRequest.everything());
      assertThat(classesIn(small, 0)).as("clean pages of every class leave too").isEmpty();
      assertThat(small.check()).isEqualTo(PAGES);
    }
  }

  private static byte[] noiseThenZeroes(int noiseBytes, Random random) {
    byte[] noise = new byte[noiseBytes];
    random.nextBytes(noise);
    noise[0] |= 1;
    byte[] page = new byte[SmallStore.PAGE_BYTES];
    System.arraycopy(noise, 0, page, 0, noiseBytes);
    return page;
  }

  /** Record lengths, in steps, of the zpages whose entry names a tier. */
  private static TreeSet<Integer> classesIn(SmallStore small, int tier) {
    TreeSet<Integer> classes = new TreeSet<>();
    ByteBuffer scratch = ByteBuffer.allocateDirect(4 * SmallStore.PAGE_BYTES).alignedSlice(4096);
    small
        .store()
        .inspect(
            (pool, object, index, place) -> {
              if (place.tier() == tier) {
                classes.add(sizeClass(small, place, scratch));
              }
            });
    return classes;
  }

  private static int sizeClass(SmallStore small, Place place, ByteBuffer scratch) {
    try {
      return small
          .hierarchy()
          .tier(place.tier())
          .read(
              place.locator(),
              scratch,
              (memory, offset, available) ->
                  (ZpageHeader.zpageBytes(memory, offset) + CLASS_BYTES - 1) / CLASS_BYTES);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
