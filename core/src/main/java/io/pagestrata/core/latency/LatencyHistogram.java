// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.latency;

/**
 * Latencies in buckets whose width is a sixteenth of their value, from 1 ns to about 18 minutes.
 *
 * <p>The log-linear idea of HdrHistogram in 4 KiB, so that every lane can own one and recording
 * costs an addition. One writer at a time; {@link #addTo} may run beside it and sees a recent
 * state.
 */
public final class LatencyHistogram {
  private static final int SUB_BITS = 4;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;
  private static final int BUCKETS = (40 - SUB_BITS + 1) * SUB_BUCKETS;

  private final long[] counts = new long[BUCKETS];
  private long totalNanos;
  private long maxNanos;

  /** Makes an empty histogram. */
  public LatencyHistogram() {}

  /**
   * Counts one latency.
   *
   * @param nanos nanoseconds; less than 0 counts as 0
   */
  public void record(long nanos) {
    long taken = Math.max(0, nanos);
    counts[bucket(taken)]++;
    totalNanos += taken;
    if (nanos > maxNanos) {
      maxNanos = nanos;
    }
  }

  /**
   * Adds what was counted here to another histogram.
   *
   * @param sum takes the counts; belongs to the calling thread
   */
  public void addTo(LatencyHistogram sum) {
    for (int i = 0; i < BUCKETS; i++) {
      sum.counts[i] += counts[i];
    }
    sum.totalNanos += totalNanos;
    sum.maxNanos = Math.max(sum.maxNanos, maxNanos);
  }

  /**
   * The usual figures.
   *
   * @return an immutable snapshot; percentiles are at most a sixteenth too high
   */
  public LatencySnapshot snapshot() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return new LatencySnapshot(
        total, totalNanos, percentile(total, 0.50), percentile(total, 0.99), maxNanos);
  }

  private long percentile(long total, double share) {
    long wanted = (long) Math.ceil(total * share);
    long seen = 0;
    for (int i = 0; i < BUCKETS && wanted > 0; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return Math.min(maxNanos, highest(i));
      }
    }
    return 0;
  }

  private static int bucket(long nanos) {
    int magnitude = Math.max(0, 63 - Long.numberOfLeadingZeros(nanos | 1) - SUB_BITS);
    int index = magnitude * SUB_BUCKETS + (int) (nanos >>> magnitude);
    return Math.min(index, BUCKETS - 1);
  }

  private static long highest(int bucket) {
    int magnitude = Math.max(0, bucket / SUB_BUCKETS - 1);
    long within = bucket - (long) magnitude * SUB_BUCKETS;
    return (within + 1 << magnitude) - 1;
  }
}
