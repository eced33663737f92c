// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.dictionary.DictionaryStats;
import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.DropStats;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.stats.PolicyStats;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.WriteBudgetStats;
import java.util.ArrayList;
import java.util.List;

/** Sums what the parts of a store count. */
final class StatsSnapshot {
  private StatsSnapshot() {}

  static StoreStats of(
      Lanes lanes,
      Refusals refusals,
      SpaceGate gate,
      PageHierarchy hierarchy,
      Tenants tenants,
      Writeback writeback,
      long pageTableBytes,
      MemoryBudget budget,
      DictionaryStats dictionaries,
      long generation) {
    List<Long> hits = new ArrayList<>();
    List<LatencySnapshot> latencies = new ArrayList<>();
    List<TierStats> tiers = new ArrayList<>();
    for (int i = 0; i < hierarchy.tierCount(); i++) {
      hits.add(lanes.sum(Lane.hits(i)));
      latencies.add(lanes.latency(i).snapshot());
      tiers.add(hierarchy.tier(i).stats());
    }
    DropStats drops = hierarchy.dropped();
    return new StoreStats(
        lanes.sum(Counter.PAGES) - drops.space() - drops.tenant() - drops.lost(),
        lanes.sum(Counter.PUTS),
        lanes.sum(Counter.PUTS_SAME_FILLED),
        lanes.sum(Counter.PUTS_INCOMPRESSIBLE),
        refusals.counted(PutOutcome.REFUSED_FULL),
        refusals.counted(PutOutcome.REFUSED_TABLE_FULL),
        lanes.sum(Counter.RAW_BYTES_PUT),
        lanes.sum(Counter.PAYLOAD_BYTES_PUT),
        gate.stalls() + tenants.stalls(),
        gate.stallNanos() + tenants.stallNanos(),
        lanes.sum(Counter.GETS),
        lanes.sum(Counter.GET_MISSES),
        lanes.sum(Counter.SAME_FILLED_HITS),
        List.copyOf(hits),
        lanes.sum(Counter.TAKES),
        lanes.sum(Counter.FLUSHES),
        lanes.sum(Counter.PROMOTIONS),
        lanes.sum(Counter.PREFETCHES),
        lanes.sum(Counter.CORRUPT_PAGES),
        lanes.sum(Counter.DECOMPRESSIONS),
        generation,
        pageTableBytes,
        budget.usedBytes(),
        budget.limitBytes(),
        List.copyOf(latencies),
        policies(refusals, drops, hierarchy, tenants),
        dictionaries,
        hierarchy.syncs(),
        writeback.stats(),
        List.copyOf(tiers));
  }

  private static PolicyStats policies(
      Refusals refusals, DropStats drops, PageHierarchy hierarchy, Tenants tenants) {
    List<WriteBudgetStats> budgets = new ArrayList<>();
    for (int i = 0; i < hierarchy.tierCount(); i++) {
      WriteBudget budget = hierarchy.tier(i).writeBudget();
      if (budget.isLimited()) {
        budgets.add(budget.stats());
      }
    }
    for (Tenant tenant : tenants.all()) {
      if (tenant.limits.writeBudget().isLimited()) {
        budgets.add(tenant.limits.writeBudget().stats());
      }
    }
    return new PolicyStats(
        refusals.counted(PutOutcome.REFUSED_BUDGET),
        refusals.counted(PutOutcome.REFUSED_TENANT_LIMIT),
        refusals.counted(PutOutcome.REFUSED_INCOMPRESSIBLE),
        drops.space(),
        drops.tenant(),
        drops.refusedPut(),
        drops.pool(),
        drops.lost(),
        hierarchy.deduplication(),
        hierarchy.top().eviction().keptShare(),
        budgets,
        tenants.stats(hierarchy.tierCount()));
  }
}
