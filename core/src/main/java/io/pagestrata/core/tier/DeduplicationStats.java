// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * What sharing of identical pages gains and costs.
 *
 * @param sharedPages gauge: pages that share a zpage with others, or did
 * @param contents gauge: zpages that are shared
 * @param savedBytes gauge: zpage bytes that all but one of the sharers of each content spare
 * @param putsShared puts that stored their page as a reference to a content
 * @param hashHits puts whose hash led to another page
 * @param comparisons pages compared byte by byte
 * @param mismatches of these, pages that were not the same after all, or changed meanwhile
 * @param notCompared pages not compared, since a lower tier outside memory has them
 * @param nanos time that puts spent on hashes, comparisons and contents; estimated, one put in 64
 *     is timed
 * @param memoryBytes gauge: memory of the tables that sharing needs
 */
public record DeduplicationStats(
    long sharedPages,
    long contents,
    long savedBytes,
    long putsShared,
    long hashHits,
    long comparisons,
    long mismatches,
    long notCompared,
    long nanos,
    long memoryBytes) {
  /** Nothing shared yet. */
  public static final DeduplicationStats ZERO =
      new DeduplicationStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
