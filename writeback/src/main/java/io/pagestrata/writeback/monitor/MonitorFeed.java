// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.movement.DropStats;
import io.pagestrata.core.movement.SyncStats;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.WriteBudgetStats;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the interval lines come from. All suppliers are called on the monitor's thread.
 *
 * @param movements counters of all movements
 * @param tiers counters of every tier, top to bottom
 * @param stalls puts that had to wait, ever
 * @param pageBytes page size of the store
 * @param budgets write budgets of tiers that have a limit
 * @param tenants what each tenant holds; a single one without limits is not told
 * @param deduplication what pages share
 * @param keptShare share of the top tier that zpages read again may take from new ones
 * @param drops ephemeral pages that went without being asked to
 * @param syncs what syncs did
 * @param longestSyncNanos the longest sync that ended since it was asked last, or is under way
 * @param store all that the store counts, empty while it is being made
 */
public record MonitorFeed(
    Supplier<WritebackStats> movements,
    Supplier<List<TierStats>> tiers,
    LongSupplier stalls,
    int pageBytes,
    Supplier<List<WriteBudgetStats>> budgets,
    Supplier<List<TenantStats>> tenants,
    Supplier<DeduplicationStats> deduplication,
    DoubleSupplier keptShare,
    Supplier<DropStats> drops,
    Supplier<SyncStats> syncs,
    LongSupplier longestSyncNanos,
    Supplier<Optional<StoreStats>> store) {
  /**
   * A feed without budgets, tenants, shared pages, a share that changes, drops, syncs and accesses.
   *
   * @param movements counters of all movements
   * @param tiers counters of every tier, top to bottom
   * @param stalls puts that had to wait, ever
   * @param pageBytes page size of the store
   */
  public MonitorFeed(
      Supplier<WritebackStats> movements,
      Supplier<List<TierStats>> tiers,
      LongSupplier stalls,
      int pageBytes) {
    this(
        movements,
        tiers,
        stalls,
        pageBytes,
        List::of,
        List::of,
        () -> DeduplicationStats.ZERO,
        () -> 0,
        () -> DropStats.NONE,
        () -> SyncStats.ZERO,
        () -> 0,
        Optional::empty);
  }
}
