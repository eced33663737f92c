// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

/** What is counted about movements out of one tier; see {@code WritebackStats} for most of them. */
public enum Movement {
  /** Zpages written to the tier below. */
  WRITTEN_PAGES,
  /** Their payload. */
  WRITTEN_PAYLOAD_BYTES,
  /** Bytes of the batches that carried them. */
  WRITTEN_BATCH_BYTES,
  /** Batches written. */
  BATCHES,
  /** Written pages whose copy above was freed. */
  DEMOTED_PAGES,
  /** Written pages that were read meanwhile. */
  KEPT_PAGES,
  /** Written pages that were overwritten or removed meanwhile. */
  CANCELLED_SHADOWS,
  /** Pages evicted without a write. */
  CLEAN_EVICTIONS,
  /** Ephemeral pages dropped. */
  DROPPED_PAGES,
  /** Referenced zpages moved to the young end. */
  SECOND_CHANCES,
  /** Zpages found dead. */
  DEAD_SKIPPED,
  /** Zpages found damaged that stayed. */
  DAMAGED_PAGES,
  /** Batches refused or failed. */
  FAILED_BATCHES,
  /** Times reclaim started. */
  RECLAIM_RUNS,
  /** Zpage bytes that left the tier: demoted, evicted clean or dropped. */
  LEFT_BYTES
}
