// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.tier.TierStats;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the interval lines come from. All suppliers are called on the monitor's thread.
 *
 * @param movements counters of all movements
 * @param tiers counters of every tier, top to bottom
 * @param stalls puts that had to wait, ever
 * @param pageBytes page size of the store
 */
public record MonitorFeed(
    Supplier<WritebackStats> movements,
    Supplier<List<TierStats>> tiers,
    LongSupplier stalls,
    int pageBytes) {}
