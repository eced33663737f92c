// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever adds the lines up has what the counters say, whoever moved it. */
class IntervalLineTest {
  private WritebackStats movements = WritebackStats.ZERO;
  private List<TierStats> tiers = List.of(tier("ram", 0, 0), tier("file", 0, 0));
  private final IntervalLine line =
      new IntervalLine(new MonitorFeed(() -> movements, () -> tiers, () -> 0, 4096), 0);
  private long nowNanos;

  private static TierStats tier(String name, long stored, long written) {
    return new TierStats(
        name, TierState.OPEN, 0, 0, stored, 1000, stored, 0, written, 0, 0, 0, 0, 0, 0, 0);
  }

  private static WritebackStats moved(long pages) {
    MovementCounters counters = new MovementCounters();
    counters.add(Movement.WRITTEN_PAGES, pages);
    return MovementCounters.sum(List.of(counters), 0, RecompressionStats.ZERO);
  }

  private MonitorEvent next() {
    nowNanos += 1_000_000_000;
    return line.next(nowNanos);
  }

  // Puts alone fill the top tier, a sync alone writes to the lowest; writeback counts neither.
  @Test
  void whatPutsAndSyncsStoreIsToldWithoutAnyWriteback() {
    tiers = List.of(tier("ram", 500, 0), tier("file", 0, 0));
    assertThat(next().toString()).contains("stored=ram:500,file:0", "fill=ram:50%,file:0%");
    tiers = List.of(tier("ram", 500, 0), tier("file", 300, 4096));
    assertThat(next().toString()).contains("stored=ram:0,file:300", "written=ram:0B,file:4.0KiB");
    tiers = List.of(tier("ram", 500, 0), tier("file", 300, 8192));
    assertThat(next().toString())
        .as("cleaning writes and stores nothing")
        .contains("stored=ram:0,file:0", "written=ram:0B,file:4.0KiB");
    assertThat(next()).as("nothing changed").isNull();
    movements = moved(100);
    tiers = List.of(tier("ram", 600, 0), tier("file", 400, 9216));
    assertThat(next().toString())
        .contains("pages=100 ", "stored=ram:100,file:100", "written=ram:0B,file:1.0KiB")
        .contains("took=1.00s");
  }
}
