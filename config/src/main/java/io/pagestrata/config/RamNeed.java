// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/**
 * What the RAM tier needs to work at all.
 *
 * @param blocks blocks of the pool
 * @param blockBytes size of one
 * @param bufferBytes buffers of writeback
 * @param fileBufferBytes buffers of the file tier
 */
record RamNeed(long blocks, long blockBytes, long bufferBytes, long fileBufferBytes) {
  static final int LEAST_PAGES_PER_BLOCK = 4;
  private static final int LEAST_BLOCKS_PER_SHARD = 16;
  private static final int MOST_BUFFERS_DIVISOR = 4;

  static RamNeed of(
      RamTierConfig ram,
      int pageBytes,
      WritebackConfig writeback,
      int lowerTiers,
      long fileBufferBytes) {
    long blockBytes = ram.blockBytes().orElse((long) LEAST_PAGES_PER_BLOCK * pageBytes);
    long blocks = LEAST_BLOCKS_PER_SHARD * (long) ram.shards().orElse(1);
    if (lowerTiers > 0) {
      blocks = Math.max(blocks, blocksForWatermark(writeback.highWatermark()));
    }
    long bufferBytes = (long) lowerTiers * writeback.ringSlots() * writeback.batchBytes();
    return new RamNeed(blocks, blockBytes, bufferBytes, fileBufferBytes);
  }

  /** Writeback buffers may take a quarter of it at most. */
  long leastBytes() {
    return Math.max(
        blocks * blockBytes + bufferBytes + fileBufferBytes, bufferBytes * MOST_BUFFERS_DIVISOR);
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
