// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.ToLongFunction;

/**
 * What each tier did between two looks, as texts such as {@code ram:120,file:7}, top first. One
 * thread.
 */
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

  String stored() {
    StringJoiner text = new StringJoiner(",");
    for (int i = 0; i < now.size(); i++) {
      text.add(now.get(i).name() + ":" + since(i, TierStats::storedZpages));
    }
    return text.toString();
  }

  String written() {
    StringJoiner text = new StringJoiner(",");
    for (int i = 0; i < now.size(); i++) {
      text.add(now.get(i).name() + ":" + LineFormat.bytes(since(i, TierStats::writtenBytes)));
    }
    return text.toString();
  }

  /** Only the tiers that had some. */
  String errors() {
    StringJoiner text = new StringJoiner(",");
    for (int i = 0; i < now.size(); i++) {
      long errors = since(i, TierStats::errors);
      if (errors > 0) {
        text.add(now.get(i).name() + ":" + errors);
      }
    }
    return text.toString();
  }

  /** How much of its size each uses now; one that is closed uses nothing that matters. */
  String fill() {
    StringJoiner text = new StringJoiner(",");
    for (TierStats tier : now) {
      if (tier.state() != TierState.CLOSED) {
        long percent =
            tier.limitBytes() <= 0 ? 0 : Math.round(100.0 * tier.usedBytes() / tier.limitBytes());
        text.add(tier.name() + ":" + percent + "%");
      }
    }
    return text.toString();
  }

  private long since(int tier, ToLongFunction<TierStats> counter) {
    long last = before.isEmpty() ? 0 : counter.applyAsLong(before.get(tier));
    return counter.applyAsLong(now.get(tier)) - last;
  }
}
