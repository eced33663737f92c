// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.dictionary.DictionaryStats;
import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.stats.PolicyStats;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The line of accesses tells the growth of counters, and means of the time between two lines. */
class AccessLineTest {
  private Optional<StoreStats> now = Optional.empty();
  private final AccessLine line = new AccessLine(() -> now);

  private static TierStats tier(String name) {
    return new TierStats(name, TierState.OPEN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static LatencySnapshot latency(long count, long totalNanos) {
    return new LatencySnapshot(count, totalNanos, 0, 0, 0);
  }

  private static PolicyStats refusedForTenant(long puts) {
    return new PolicyStats(
        0, puts, 0, 0, 0, 0, 0, 0, DeduplicationStats.ZERO, 0, List.of(), List.of());
  }

  private static StoreStats stats(
      long puts, long refused, long corrupt, List<Long> hits, LatencySnapshot... latencies) {
    long gets = hits.stream().mapToLong(Long::longValue).sum();
    return new StoreStats(
        0,
        puts,
        0,
        0,
        refused,
        0,
        0,
        0,
        2,
        3_000_000,
        gets,
        4,
        0,
        hits,
        0,
        0,
        5,
        0,
        corrupt,
        0,
        0,
        0,
        0,
        0,
        List.of(latencies),
        refusedForTenant(refused),
        DictionaryStats.ZERO,
        SyncStats.ZERO,
        WritebackStats.ZERO,
        List.of(tier("ram"), tier("file")));
  }

  @Test
  void noStoreAndNoAccessMakeNoLine() {
    assertThat(line.next()).isEmpty();
    now = Optional.of(stats(0, 0, 0, List.of(1L, 0L), latency(0, 0), latency(0, 0)));
    assertThat(line.next()).isPresent();
    assertThat(line.next()).as("nothing was put or got since").isEmpty();
  }

  @Test
  void tellsWhatCameSinceTheLineBefore() {
    now = Optional.of(stats(10, 1, 0, List.of(100L, 7L), latency(2, 4_000), latency(7, 700_000)));
    assertThat(LineFormat.json(line.next().orElseThrow()))
        .isEqualTo(
            "{\"event\":\"access\",\"puts\":10,\"gets\":107,\"misses\":4,"
                + "\"hits\":{\"ram\":100,\"file\":7},"
                + "\"meanMicros\":{\"ram\":2.000,\"file\":100.000},"
                + "\"promotedPages\":5,\"prefetchedPages\":0,\"stalls\":2,"
                + "\"waitedMillis\":3.000,\"refusedPuts\":2}");
    now = Optional.of(stats(11, 1, 3, List.of(100L, 9L), latency(2, 4_000), latency(9, 705_000)));
    assertThat(LineFormat.forPeople(line.next().orElseThrow()))
        .contains("puts=1 ", "gets=2 ", "hits=ram:0,file:2 ", "mean-us=file:2.5", "damaged=3")
        .contains("stalls=0 ", "refused=0");
  }
}
