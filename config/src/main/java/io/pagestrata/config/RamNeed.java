// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;

/**
 * What a RAM tier needs to work at all. The top one carries the buffers of the whole store; a lower
 * one must take a whole batch while its own reclaim makes room for the next.
 *
 * @param blocks blocks of the pool
 * @param blockBytes size of one
 * @param bufferBytes buffers of writeback
 * @param lowerBufferBytes buffers of the tiers below RAM
 * @param batchBytes batches that a lower tier must have room for
 */
record RamNeed(
    long blocks, long blockBytes, long bufferBytes, long lowerBufferBytes, long batchBytes) {
  static final int LEAST_PAGES_PER_BLOCK = 4;
  private static final int LEAST_BLOCKS_PER_SHARD = 16;
  private static final int MOST_BUFFERS_DIVISOR = 4;
  private static final int BATCHES_ABOVE_LOW_WATERMARK = 2;

  static RamNeed of(
      List<TierConfig> tiers,
      int number,
      int pageBytes,
      WritebackConfig writeback,
      Durability durability) {
    RamTierConfig ram = (RamTierConfig) tiers.get(number);
    long blockBytes = ram.blockBytes().orElse((long) LEAST_PAGES_PER_BLOCK * pageBytes);
    long blocks = LEAST_BLOCKS_PER_SHARD * (long) ram.shards().orElse(1);
    if (number + 1 < tiers.size()) {
      blocks = Math.max(blocks, blocksForWatermark(writeback.highWatermark()));
    }
    if (number > 0) {
      return new RamNeed(blocks, blockBytes, 0, 0, batchBytes(writeback));
    }
    long rings = tiers.size() - 1;
    long bufferBytes = rings * writeback.ringSlots() * writeback.batchBytes();
    long lowerBufferBytes = LowerBuffers.bytes(tiers, pageBytes, writeback, durability);
    return new RamNeed(blocks, blockBytes, bufferBytes, lowerBufferBytes, 0);
  }

  /** Writeback buffers may take a quarter of it at most. */
  long leastBytes() {
    return Math.max(
        Math.max(blocks * blockBytes + bufferBytes + lowerBufferBytes, batchBytes),
        bufferBytes * MOST_BUFFERS_DIVISOR);
  }

  /** Reclaim down to the low watermark makes room for two batches. */
  private static long batchBytes(WritebackConfig writeback) {
    double above = Math.max(1 - writeback.lowWatermark(), 0.01);
    return (long) Math.ceil(BATCHES_ABOVE_LOW_WATERMARK / above) * writeback.batchBytes();
  }

  /**
   * Blocks with which reclaim starts before puts find no free one: the pool keeps two for reclaim
   * itself, so two blocks and a started one must be less than what lies above the watermark. Twice
   * that, since page table and buffers of operations take their part.
   */
  private static long blocksForWatermark(double highWatermark) {
    long above = Math.round((1 - highWatermark) * 1000);
    return above <= 0 ? LEAST_BLOCKS_PER_SHARD : (2 * (3000 - above) + above - 1) / above;
  }
}
