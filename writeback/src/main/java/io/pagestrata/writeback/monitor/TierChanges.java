// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What each tier did between two looks, by the names of the tiers, top first. One thread. */
final class TierChanges {
  private List<TierStats> before = List.of();
  private List<TierStats> now = List.of();

  /** Takes a new look; the tiers of a store are always the same. */
  void next(List<TierStats> tiers) {
    before = now;
    now = tiers;
  }

  /** Whether any counter that is told has grown: puts and syncs store without any writeback. */
  boolean isAny() {
    for (int i = 0; i < now.size(); i++) {
      if (since(i, TierStats::storedZpages) != 0
          || since(i, TierStats::writtenBytes) != 0
          || since(i, TierStats::errors) != 0) {
        return true;
      }
    }
    return false;
  }

  Map<String, Long> stored() {
    return since(TierStats::storedZpages);
  }

  Map<String, Long> written() {
    return since(TierStats::writtenBytes);
  }

  /** Only the tiers that had some. */
  Map<String, Long> errors() {
    Map<String, Long> errors = since(TierStats::errors);
    errors.values().removeIf(count -> count == 0);
    return errors;
  }

  /** How much of its size each uses now; one that is closed uses nothing that matters. */
  Map<String, Double> fill() {
    Map<String, Double> fill = new LinkedHashMap<>();
    for (TierStats tier : now) {
      if (tier.state() != TierState.CLOSED) {
        long limit = tier.limitBytes();
        fill.put(tier.name(), limit <= 0 ? 0 : (double) tier.usedBytes() / limit);
      }
    }
    return fill;
  }

  private Map<String, Long> since(ToLongFunction<TierStats> counter) {
    Map<String, Long> changes = new LinkedHashMap<>();
    for (int i = 0; i < now.size(); i++) {
      changes.put(now.get(i).name(), since(i, counter));
    }
    return changes;
  }

  private long since(int tier, ToLongFunction<TierStats> counter) {
    long last = before.isEmpty() ? 0 : counter.applyAsLong(before.get(tier));
    return counter.applyAsLong(now.get(tier)) - last;
  }
}
