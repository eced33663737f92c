// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.SyncStats;
import org.junit.jupiter.api.Test;

/** All syncs of an interval are one line, and one that hangs is a line in each. */
class SyncLineTest {
  private static final long MILLI = 1_000_000;

  private SyncStats now = SyncStats.ZERO;
  private long longestNanos;
  private final SyncLine line = new SyncLine(() -> now, () -> longestNanos);

  private static SyncStats stats(
      long syncs, long joined, long refused, long failed, long underWayNanos, long totalNanos) {
    long ended = syncs + refused + failed;
    return new SyncStats(
        syncs,
        joined,
        refused,
        failed,
        10 * syncs,
        2048 * syncs,
        underWayNanos,
        new LatencySnapshot(ended, totalNanos, 0, 0, 0));
  }

  @Test
  void tellsWhatCameSinceTheLineBefore() {
    assertThat(line.next()).as("no sync").isEmpty();
    now = stats(1000, 20, 1, 2, 0, 5000 * MILLI);
    longestNanos = 40 * MILLI;
    assertThat(LineFormat.forPeople(line.next().orElseThrow()).split(" +"))
        .containsExactly(
            "sync",
            "syncs=1000",
            "joined=20",
            "failed-syncs=3",
            "records=10000",
            "out=2.0MiB",
            "took=5.00s",
            "longest=40.00ms");
    assertThat(line.next()).as("none since").isEmpty();
    now = stats(1001, 20, 1, 2, 0, 5002 * MILLI);
    longestNanos = 2 * MILLI;
    assertThat(LineFormat.json(line.next().orElseThrow()))
        .isEqualTo(
            "{\"event\":\"sync\",\"syncs\":1,\"joinedSyncs\":0,\"failedSyncs\":0,\"records\":10,"
                + "\"outBytes\":2048,\"tookMillis\":2.000,\"longestMillis\":2.000}");
  }

  // Forbidden: a sum over lines that lacks what was written before a sync ended.
  @Test
  void whatASyncWroteBeforeALineIsToldWhenItEnds() {
    LatencySnapshot none = new LatencySnapshot(0, 0, 0, 0, 0);
    now = new SyncStats(0, 0, 0, 0, 500, 4096, MILLI, none);
    assertThat(line.next()).isEmpty();
    now = new SyncStats(1, 0, 0, 0, 700, 6144, 0, new LatencySnapshot(1, 3 * MILLI, 0, 0, 0));
    assertThat(line.next().orElseThrow().toString()).contains("records=700 ", "out=6.0KiB");
  }

  @Test
  void oneThatLastsOverALineIsTold() {
    now = stats(0, 0, 0, 0, MILLI, 0);
    assertThat(line.next()).as("it has just begun").isEmpty();
    now = stats(0, 0, 0, 0, 10_001 * MILLI, 0);
    longestNanos = 10_001 * MILLI;
    assertThat(line.next().orElseThrow().toString()).contains("syncs=0 ", "longest=10.00s");
  }
}
