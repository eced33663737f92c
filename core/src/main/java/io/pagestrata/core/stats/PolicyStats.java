// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.stats;

import io.pagestrata.core.tier.WriteBudgetStats;
import java.util.List;

/**
 * What the policies of a store did: whom they refused, and how far limits are used.
 *
 * @param putsRefusedBudget puts refused since RAM was full and nothing more may be written today
 * @param budgets gauge: write budgets that have a limit, those of tiers first
 */
public record PolicyStats(long putsRefusedBudget, List<WriteBudgetStats> budgets) {
  /**
   * Copies the lists.
   *
   * @param putsRefusedBudget see above
   * @param budgets see above
   */
  public PolicyStats {
    budgets = List.copyOf(budgets);
  }
}
