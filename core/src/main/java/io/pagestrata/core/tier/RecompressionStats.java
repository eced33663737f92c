// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * Counters of recompression; all only grow.
 *
 * @param zpages zpages that became denser
 * @param fromBytes their bytes before, headers included
 * @param toBytes their bytes after
 * @param marked zpages that did not become denser, and are not tried again
 * @param overBudget zpages that passed as they were since the CPU budget was used up
 * @param damaged zpages that passed as they were since they are damaged
 * @param nanos CPU time spent
 */
public record RecompressionStats(
    long zpages,
    long fromBytes,
    long toBytes,
    long marked,
    long overBudget,
    long damaged,
    long nanos) {
  /** Nothing happened yet. */
  public static final RecompressionStats ZERO = new RecompressionStats(0, 0, 0, 0, 0, 0, 0);

  /**
   * Both together.
   *
   * @param other counters of another tier
   * @return the sums
   */
  public RecompressionStats plus(RecompressionStats other) {
    return new RecompressionStats(
        zpages + other.zpages,
        fromBytes + other.fromBytes,
        toBytes + other.toBytes,
        marked + other.marked,
        overBudget + other.overBudget,
        damaged + other.damaged,
        nanos + other.nanos);
  }
}
