// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import java.nio.ByteBuffer;

/**
 * Where cleaning puts live zpages: a few open blocks, each for zpages of about one age, so that
 * cleaning does not make old zpages young or young ones old.
 *
 * <p>The ages held are cut into bands of equal width, one block for each, and where kept zpages
 * have a line of their own one more for each. A block is sealed only when it is full, so that
 * survivors are dense and are not soon cleaned again; it has the mean age of its bytes. One thread
 * at a time appends, but any thread may seal, under the lock of the band.
 */
final class Survivors {
  private static final int MOST_BANDS = 4;
  private static final int BLOCKS_PER_BAND = 64;

  private final Layout layout;
  private final Blocks blocks;
  private final OpenBlock[] bands;
  private final int bandsPerLine;

  Survivors(
      Layout layout, boolean twoLines, Blocks blocks, FreeRegions freeBlocks, ByteBuffer[] slabs) {
    this.layout = layout;
    this.blocks = blocks;
    int lines = twoLines ? 2 : 1;
    bandsPerLine = Math.max(1, Math.min(MOST_BANDS, layout.blocks / BLOCKS_PER_BAND / lines));
    bands = new OpenBlock[lines * bandsPerLine];
    for (int i = 0; i < bands.length; i++) {
      bands[i] = new OpenBlock(layout, blocks, freeBlocks, slabs);
    }
  }

  OpenBlock[] bands() {
    return bands;
  }

  /**
   * Appends a copy of a zpage that keeps the age and time of its old block.
   *
   * @param from the old block
   * @param band share of blocks older than that, 0 to 1
   * @return its locator, or {@link UpperTier#NO_SPACE}
   */
  long append(ByteBuffer zpage, int offset, int bytes, long backing, int from, double band) {
    int footprint = layout.footprintBytes(bytes, backing != UpperTier.NO_BACKING);
    long age = blocks.age(from);
    long nanos = blocks.filledNanos(from);
    boolean kept = blocks.isKept(from);
    int ofLine = Math.min(bandsPerLine - 1, (int) (band * bandsPerLine));
    OpenBlock open = bands[kept ? bands.length - bandsPerLine + ofLine : ofLine];
    open.lock.lock();
    try {
      if (!open.hasRoom(footprint)) {
        open.openNext(StoreIntent.RECLAIM, age, nanos, kept);
      }
      if (!open.hasRoom(footprint)) {
        return UpperTier.NO_SPACE;
      }
      mixAges(open, age, footprint);
      long youngest = Math.max(nanos, blocks.filledNanos(open.block()));
      return open.append(zpage, offset, bytes, backing, footprint, youngest);
    } finally {
      open.lock.unlock();
    }
  }

  private void mixAges(OpenBlock open, long age, int footprint) {
    long mean = blocks.age(open.block());
    long total = open.filledBytes() + footprint;
    blocks.setAge(open.block(), mean + (age - mean) * footprint / total);
  }
}
