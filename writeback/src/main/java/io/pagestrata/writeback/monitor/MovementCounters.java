// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.RecompressionStats;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of the movements out of one tier; all only grow.
 *
 * <p>Thread-safe: the reclaiming and the committing thread add, anyone reads. Added to per region
 * and per batch, never per page.
 */
public final class MovementCounters {
  private final LongAdder[] counters = new LongAdder[Movement.values().length];

  /** Makes counters at 0. */
  public MovementCounters() {
    for (int i = 0; i < counters.length; i++) {
      counters[i] = new LongAdder();
    }
  }

  /**
   * Adds to one counter.
   *
   * @param movement which one
   * @param amount how much
   */
  public void add(Movement movement, long amount) {
    counters[movement.ordinal()].add(amount);
  }

  /**
   * Reads one counter.
   *
   * @param movement which one
   * @return its sum
   */
  public long get(Movement movement) {
    return counters[movement.ordinal()].sum();
  }

  /**
   * Pages that left the tier: demoted, evicted clean or dropped.
   *
   * @return how many
   */
  public long leftPages() {
    return get(Movement.DEMOTED_PAGES)
        + get(Movement.CLEAN_EVICTIONS)
        + get(Movement.DROPPED_PAGES);
  }

  /**
   * These counters alone, for telling whether anything moved.
   *
   * @return a snapshot with nothing in flight
   */
  public WritebackStats snapshot() {
    return sum(List.of(this), 0, RecompressionStats.ZERO);
  }

  /**
   * Sums over all tiers.
   *
   * @param all counters of each tier
   * @param queueDepth batches in flight
   * @param recompression zpages made denser
   * @return a snapshot
   */
  public static WritebackStats sum(
      List<MovementCounters> all, long queueDepth, RecompressionStats recompression) {
    long[] sums = new long[Movement.values().length];
    for (MovementCounters one : all) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += one.counters[i].sum();
      }
    }
    return new WritebackStats(
        sums[Movement.WRITTEN_PAGES.ordinal()],
        sums[Movement.WRITTEN_PAYLOAD_BYTES.ordinal()],
        sums[Movement.WRITTEN_BATCH_BYTES.ordinal()],
        sums[Movement.BATCHES.ordinal()],
        sums[Movement.DEMOTED_PAGES.ordinal()],
        sums[Movement.KEPT_PAGES.ordinal()],
        sums[Movement.CANCELLED_SHADOWS.ordinal()],
        sums[Movement.CLEAN_EVICTIONS.ordinal()],
        sums[Movement.DROPPED_PAGES.ordinal()],
        sums[Movement.SECOND_CHANCES.ordinal()],
        sums[Movement.DEAD_SKIPPED.ordinal()],
        sums[Movement.DAMAGED_PAGES.ordinal()],
        sums[Movement.FAILED_BATCHES.ordinal()],
        sums[Movement.RECLAIM_RUNS.ordinal()],
        queueDepth,
        recompression);
  }
}
