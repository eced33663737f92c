// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

import io.pagestrata.core.tier.RecompressionStats;

/**
 * Counters of all movements down the hierarchy; all only grow, but for the queue depth.
 *
 * @param writtenPages zpages written to the tier below
 * @param writtenPayloadBytes their payload
 * @param writtenBatchBytes bytes of the batches that carried them, headers and padding included
 * @param batches batches written
 * @param demotedPages written pages whose copy above was freed at commit
 * @param keptPages written pages that were read meanwhile: they stayed, the copy became their
 *     backing
 * @param cancelledShadows written pages that were overwritten or removed meanwhile
 * @param cleanEvictions pages evicted without a write since their backing copy was valid
 * @param droppedPages ephemeral pages dropped
 * @param secondChances referenced zpages moved to the young end instead of down
 * @param deadSkipped zpages found dead in regions under reclaim
 * @param damagedPages zpages found damaged that were to be written where they survive, each once;
 *     they stayed
 * @param failedBatches batches that the tier below refused or failed to write
 * @param reclaimRuns times reclaim started at a watermark, an age or a request
 * @param queueDepth gauge: batches in flight
 * @param recompression zpages made denser, on their way down and at rest
 */
public record WritebackStats(
    long writtenPages,
    long writtenPayloadBytes,
    long writtenBatchBytes,
    long batches,
    long demotedPages,
    long keptPages,
    long cancelledShadows,
    long cleanEvictions,
    long droppedPages,
    long secondChances,
    long deadSkipped,
    long damagedPages,
    long failedBatches,
    long reclaimRuns,
    long queueDepth,
    RecompressionStats recompression) {
  /** Nothing happened yet. */
  public static final WritebackStats ZERO =
      new WritebackStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, RecompressionStats.ZERO);
}
