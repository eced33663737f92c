// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.EvictionPolicy;

/**
 * One pass over the words of all blocks, to choose one for cleaning or for reclaim.
 *
 * <p>A pool has a few thousand blocks, and each step that needs a pass moves or frees a whole
 * block, so no order is kept. What is found may have changed when it is taken.
 */
final class BlockScan {
  static final int NONE = -1;

  private final Blocks blocks;
  private int sparsest = NONE;
  private long oldestAge = Long.MAX_VALUE;
  private long youngestAge = Long.MIN_VALUE;

  /** Looks for the sparsest block below a live share, and for the range of ages. */
  BlockScan(Layout layout, Blocks blocks, double belowLiveShare) {
    this.blocks = blocks;
    double least = belowLiveShare;
    for (int block = 0; block < blocks.count; block++) {
      long word = blocks.word(block);
      if (BlockWord.canBeTaken(word)) {
        oldestAge = Math.min(oldestAge, blocks.age(block));
        youngestAge = Math.max(youngestAge, blocks.age(block));
        double share = liveShare(layout, blocks, block, word);
        if (share < least && !BlockWord.isSpared(word)) {
          least = share;
          sparsest = block;
        }
      }
    }
  }

  private static double liveShare(Layout layout, Blocks blocks, int block, long word) {
    return (double) BlockWord.liveBytes(word) / layout.fillable(blocks.filledBytes(block));
  }

  /**
   * Whether a sealed block becomes free by itself, since nothing in it is alive, or by cleaning, in
   * whosever hands it is now.
   *
   * @param belowLiveShare share of live bytes below which blocks are cleaned now, 0 for none
   */
  static boolean holdsGarbage(Layout layout, Blocks blocks, double belowLiveShare) {
    for (int block = 0; block < blocks.count; block++) {
      long word = blocks.word(block);
      if (BlockWord.isSealed(word)
          && (BlockWord.liveBytes(word) == 0
              || !BlockWord.isSpared(word)
                  && liveShare(layout, blocks, block, word) < belowLiveShare)) {
        return true;
      }
    }
    return false;
  }

  int sparsest() {
    return sparsest;
  }

  /** Where a block stands between the oldest (0) and the youngest (1) sealed block. */
  double ageShare(int block) {
    long held = youngestAge - oldestAge;
    return held <= 0 ? 0 : (double) (blocks.age(block) - oldestAge) / held;
  }

  /**
   * The sealed block of the greatest age that qualifies, of the line whose turn it is when no age
   * is asked for, or {@link #NONE}.
   */
  static int oldest(Blocks blocks, long untouchedSinceNanos, EvictionPolicy eviction) {
    int oldestNew = NONE;
    int oldestKept = NONE;
    int newCount = 0;
    int keptCount = 0;
    for (int block = 0; block < blocks.count; block++) {
      if (BlockWord.canBeTaken(blocks.word(block))
          && isUntouched(blocks, block, untouchedSinceNanos)) {
        if (blocks.isKept(block)) {
          keptCount++;
          oldestKept = older(blocks, oldestKept, block);
        } else {
          newCount++;
          oldestNew = older(blocks, oldestNew, block);
        }
      }
    }
    boolean twoLines = eviction.keepsTwoLines() && untouchedSinceNanos == Long.MAX_VALUE;
    if (twoLines && newCount > 0 && keptCount > 0) {
      return eviction.showsKept(newCount, keptCount) ? oldestKept : oldestNew;
    }
    return older(blocks, oldestNew, oldestKept);
  }

  private static int older(Blocks blocks, int a, int b) {
    return b == NONE || a != NONE && blocks.age(a) <= blocks.age(b) ? a : b;
  }

  /** Whether the block was filled before a time; {@link Long#MAX_VALUE} is after all times. */
  static boolean isUntouched(Blocks blocks, int block, long sinceNanos) {
    return sinceNanos == Long.MAX_VALUE || blocks.filledNanos(block) - sinceNanos < 0;
  }
}
