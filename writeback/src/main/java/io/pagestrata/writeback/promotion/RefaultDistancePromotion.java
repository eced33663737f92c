// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.promotion;

import io.pagestrata.core.movement.PromotionPolicy;

/**
 * Promotes a page that a somewhat larger top tier would not have lost.
 *
 * <p>The refault distance is what was evicted between a page's eviction and its return. When it is
 * at most the size of the top tier, the page would have been a hit in a tier of twice the size, so
 * it competes with pages that rest there now; a page with a larger distance would only push such
 * pages out. A page that comes back a second time without promotion is promoted whatever its
 * distance, so that a hot set larger than the tier still rotates. The idea is that of Linux {@code
 * mm/workingset.c}. Immutable and thread-safe.
 */
public final class RefaultDistancePromotion implements PromotionPolicy {
  /** Distance that still promotes, as a share of the top tier's size. */
  public static final double DEFAULT_FACTOR = 1.0;

  private final double factor;

  /**
   * Makes the rule.
   *
   * @param factor distance that still promotes, as a share of the top tier's size; 0 or more
   * @throws IllegalArgumentException when the factor is negative or not a number
   */
  public RefaultDistancePromotion(double factor) {
    if (!(factor >= 0)) {
      throw new IllegalArgumentException("promotion factor must be 0 or more, not " + factor);
    }
    this.factor = factor;
  }

  @Override
  public boolean promote(long refaultDistanceBytes, long capacityBytes, boolean referenced) {
    return referenced || refaultDistanceBytes <= factor * capacityBytes;
  }
}
