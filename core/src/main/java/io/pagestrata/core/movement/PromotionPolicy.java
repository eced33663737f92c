// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

/** Decides whether a page that was read from a lower tier comes up again. */
@FunctionalInterface
public interface PromotionPolicy {
  /**
   * Asked on every refault, with the segment still pinned; must be cheap and must not block.
   *
   * @param refaultDistanceBytes zpage bytes evicted from the top tier since this page was, as in
   *     Linux {@code mm/workingset.c}; saturates at about 16 times the capacity
   * @param capacityBytes size of the RAM tiers above the one that served the page
   * @param referenced whether an earlier refault was served without promotion
   * @return true to bring it up
   */
  boolean promote(long refaultDistanceBytes, long capacityBytes, boolean referenced);
}
