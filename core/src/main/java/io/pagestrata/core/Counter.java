// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** What a lane counts; each is summed over the lanes for {@link PageStore#stats}. */
enum Counter {
  /** Pages that became present, less pages that went. */
  PAGES,
  PUTS,
  PUTS_SAME_FILLED,
  PUTS_INCOMPRESSIBLE,
  RAW_BYTES_PUT,
  PAYLOAD_BYTES_PUT,
  GETS,
  GET_MISSES,
  SAME_FILLED_HITS,
  TIER_0_HITS,
  TIER_1_HITS,
  TIER_2_HITS,
  TIER_3_HITS,
  TAKES,
  FLUSHES,
  /** Pages removed by a flush, for a refused put or with their pool. */
  REMOVALS,
  PROMOTIONS,
  PREFETCHES,
  CORRUPT_PAGES,
  DECOMPRESSIONS
}
