// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.stats;

import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.WriteBudgetStats;
import java.util.List;

/**
 * What the policies of a store did: whom they refused, what they dropped, and how far limits are
 * used.
 *
 * @param putsRefusedBudget puts refused since RAM was full and nothing more may be written today
 * @param putsRefusedTenantLimit puts refused since the tenant held as much as it may
 * @param putsRefusedIncompressible puts refused since no codec shrinks the page and such pages are
 *     not taken
 * @param droppedForSpace ephemeral pages dropped since a tier was short of room
 * @param droppedForTenant ephemeral pages dropped since their tenant was at a limit, or a request
 *     asked for pages of that tenant
 * @param droppedAtRefusedPut ephemeral pages removed since a put over them was refused
 * @param droppedWithPool ephemeral pages that went with their pool
 * @param droppedLost ephemeral pages whose only copy was found damaged
 * @param deduplication what sharing of identical pages gains and costs
 * @param keptShare gauge: share of the top tier that zpages read again may take from new ones, 0
 *     when its eviction policy does not keep the two apart
 * @param budgets gauge: write budgets that have a limit, those of tiers first
 * @param tenants gauge: what each tenant holds, in the order of the configuration
 */
public record PolicyStats(
    long putsRefusedBudget,
    long putsRefusedTenantLimit,
    long putsRefusedIncompressible,
    long droppedForSpace,
    long droppedForTenant,
    long droppedAtRefusedPut,
    long droppedWithPool,
    long droppedLost,
    DeduplicationStats deduplication,
    double keptShare,
    List<WriteBudgetStats> budgets,
    List<TenantStats> tenants) {
  /**
   * Copies the lists.
   *
   * @param putsRefusedBudget see above
   * @param putsRefusedTenantLimit see above
   * @param putsRefusedIncompressible see above
   * @param droppedForSpace see above
   * @param droppedForTenant see above
   * @param droppedAtRefusedPut see above
   * @param droppedWithPool see above
   * @param droppedLost see above
   * @param deduplication see above
   * @param keptShare see above
   * @param budgets see above
   * @param tenants see above
   */
  public PolicyStats {
    budgets = List.copyOf(budgets);
    tenants = List.copyOf(tenants);
  }

  /**
   * What one tenant holds.
   *
   * @param name name of the tenant
   * @return its numbers
   * @throws java.util.NoSuchElementException when there is no such tenant
   */
  public TenantStats tenant(String name) {
    return tenants.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }
}
