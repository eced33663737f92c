// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.latency.LatencyHistogram;
import io.pagestrata.core.movement.SyncStats;
import java.util.function.LongSupplier;

/** Counts syncs. Whoever has the turn of {@link Syncer} counts; all is guarded by {@code this}. */
final class SyncCounters {
  /** How a sync ended. */
  enum End {
    DONE,
    REFUSED,
    FAILED
  }

  private final LongSupplier nanoClock;
  private final LatencyHistogram latencies = new LatencyHistogram();
  private final long[] ends = new long[End.values().length];
  private long joined;
  private long records;
  private long writtenBytes;
  private boolean underWay;
  private long startNanos;
  private long longestNanos;

  SyncCounters(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  synchronized void join() {
    joined++;
  }

  synchronized void begin() {
    underWay = true;
    startNanos = nanoClock.getAsLong();
  }

  synchronized void written(int recordsMore, int bytesMore) {
    records += recordsMore;
    writtenBytes += bytesMore;
  }

  synchronized void end(End how) {
    long nanos = underWayNanos();
    underWay = false;
    ends[how.ordinal()]++;
    latencies.record(nanos);
    longestNanos = Math.max(longestNanos, nanos);
  }

  /** The longest that ended since the last call or is under way. */
  synchronized long takeLongestNanos() {
    long longest = Math.max(longestNanos, underWayNanos());
    longestNanos = 0;
    return longest;
  }

  private long underWayNanos() {
    return underWay ? nanoClock.getAsLong() - startNanos : 0;
  }

  synchronized SyncStats stats() {
    return new SyncStats(
        ends[End.DONE.ordinal()],
        joined,
        ends[End.REFUSED.ordinal()],
        ends[End.FAILED.ordinal()],
        records,
        writtenBytes,
        underWayNanos(),
        latencies.snapshot());
  }
}
