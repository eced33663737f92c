// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.movement.SyncStats;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Makes one line of all syncs since the last time: a guest may ask for a thousand in a second. One
 * thread.
 */
final class SyncLine {
  private final Supplier<SyncStats> syncs;
  private final LongSupplier longestNanos;
  private SyncStats before = SyncStats.ZERO;
  private boolean underWay;

  SyncLine(Supplier<SyncStats> syncs, LongSupplier longestNanos) {
    this.syncs = syncs;
    this.longestNanos = longestNanos;
  }

  /** Empty when no sync ended and none is under way since before the last call. */
  Optional<MonitorEvent> next() {
    SyncStats last = before;
    SyncStats now = syncs.get();
    long ended = now.latency().count() - last.latency().count();
    boolean lasts = now.underWayNanos() > 0 && underWay;
    underWay = now.underWayNanos() > 0;
    if (ended == 0 && now.joined() == last.joined() && !lasts) {
      // What one under way has written so far is told in the next line.
      return Optional.empty();
    }
    before = now;
    return Optional.of(
        new MonitorEvent(EventKind.SYNC)
            .with(Field.SYNCS, now.syncs() - last.syncs())
            .with(Field.JOINED, now.joined() - last.joined())
            .with(Field.FAILED_SYNCS, failures(now) - failures(last))
            .with(Field.RECORDS, now.records() - last.records())
            .with(Field.OUT, now.writtenBytes() - last.writtenBytes())
            .with(Field.TOOK, now.latency().totalNanos() - last.latency().totalNanos())
            .with(Field.LONGEST, longestNanos.getAsLong()));
  }

  private static long failures(SyncStats stats) {
    return stats.refused() + stats.failed();
  }
}
