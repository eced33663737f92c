// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;

/**
 * One step down a chain: the tier that is relieved, and those below that take what leaves it.
 *
 * @param hierarchy the chain, which decides about each zpage
 * @param tier number of the tier that is relieved
 */
public record TierStep(Hierarchy hierarchy, int tier) {
  /**
   * The tier that is relieved.
   *
   * @return the tier
   */
  public UpperTier upper() {
    return hierarchy.upperTier(tier);
  }

  /**
   * Whether nothing lies below, so that zpages can only be dropped.
   *
   * @return true for the last tier of the chain
   */
  public boolean isLast() {
    return tier + 1 == hierarchy.tierCount();
  }

  /**
   * The tier that is offered each batch first. Only when there is one below.
   *
   * @return the next tier
   */
  public Tier lower() {
    return hierarchy.tier(tier + 1);
  }

  /**
   * The tier that must take what leaves. Only when there is one below.
   *
   * @return the next tier, or the first after it that is not revocable
   */
  public Tier safe() {
    return hierarchy.tier(hierarchy.safeTierBelow(tier));
  }

  /** Whether the next tier may lose zpages, and another one below it keeps them safe. */
  boolean isRevocable() {
    return hierarchy.safeTierBelow(tier) > tier + 1;
  }
}
