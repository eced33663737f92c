// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.stats.StoreStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Makes the line of what callers did and what it cost them. Owned by one thread. */
final class AccessLine {
  private static final double NANOS_PER_MICRO = 1e3;

  private final Supplier<Optional<StoreStats>> store;
  private StoreStats before;
  private StoreStats now;

  AccessLine(Supplier<Optional<StoreStats>> store) {
    this.store = store;
  }

  /** The line since the last call, or none when nobody put or got anything. */
  Optional<MonitorEvent> next() {
    Optional<StoreStats> current = store.get();
    if (current.isEmpty()) {
      return Optional.empty();
    }
    before = now;
    now = current.get();
    long puts = since(StoreStats::puts);
    long refused = since(AccessLine::refused);
    long gets = since(StoreStats::gets);
    long misses = since(StoreStats::getMisses);
    long damaged = since(StoreStats::corruptPages);
    long prefetched = since(StoreStats::prefetched);
    if (puts + refused + gets + misses + damaged + prefetched == 0) {
      return Optional.empty();
    }
    MonitorEvent line =
        new MonitorEvent(EventKind.ACCESS)
            .with(Field.PUTS, puts)
            .with(Field.REFUSED, refused)
            .with(Field.GETS, gets)
            .with(Field.MISSES, misses)
            .with(Field.HITS, hits())
            .with(Field.PROMOTED, since(StoreStats::promotions))
            .with(Field.PREFETCHED, prefetched)
            .with(Field.STALLS, since(StoreStats::stalls))
            .with(Field.WAITED, since(StoreStats::stallNanos));
    Map<String, Double> means = meanMicros();
    if (!means.isEmpty()) {
      line.with(Field.MEAN_MICROS, means);
    }
    if (damaged > 0) {
      line.with(Field.DAMAGED, damaged);
    }
    return Optional.of(line);
  }

  private static long refused(StoreStats stats) {
    return stats.putsRefusedFull()
        + stats.putsRefusedTable()
        + stats.policies().putsRefusedBudget()
        + stats.policies().putsRefusedTenantLimit()
        + stats.policies().putsRefusedIncompressible();
  }

  private Map<String, Long> hits() {
    Map<String, Long> hits = new LinkedHashMap<>();
    for (int i = 0; i < now.tiers().size(); i++) {
      int tier = i;
      hits.put(now.tiers().get(i).name(), since(stats -> stats.hitsByTier().get(tier)));
    }
    long sameFilled = since(StoreStats::sameFilledHits);
    if (sameFilled > 0) {
      hits.put("same-filled", sameFilled);
    }
    return hits;
  }

  private Map<String, Double> meanMicros() {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < now.tiers().size(); i++) {
      int tier = i;
      long count = since(stats -> latency(stats, tier).count());
      if (count > 0) {
        double nanos = (double) since(stats -> latency(stats, tier).totalNanos()) / count;
        means.put(now.tiers().get(i).name(), nanos / NANOS_PER_MICRO);
      }
    }
    return means;
  }

  private static LatencySnapshot latency(StoreStats stats, int tier) {
    return stats.refaultLatencyByTier().get(tier);
  }

  private long since(ToLongFunction<StoreStats> counter) {
    return counter.applyAsLong(now) - (before == null ? 0 : counter.applyAsLong(before));
  }
}
