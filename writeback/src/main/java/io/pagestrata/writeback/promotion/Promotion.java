// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.promotion;

import io.pagestrata.core.movement.PromotionPolicy;

/** The promotion rules by the name they have in settings. */
public enum Promotion {
  /** By refault distance, see {@link RefaultDistancePromotion}. */
  REFAULT_DISTANCE(
      "refault-distance", new RefaultDistancePromotion(RefaultDistancePromotion.DEFAULT_FACTOR)),
  /** Every refaulted page comes up. */
  ALWAYS("always", (distanceBytes, capacityBytes, referenced) -> true),
  /** No page comes up; for a top tier that only buffers writes. */
  NEVER("never", (distanceBytes, capacityBytes, referenced) -> false);

  private final String settingName;
  private final PromotionPolicy policy;

  Promotion(String settingName, PromotionPolicy policy) {
    this.settingName = settingName;
    this.policy = policy;
  }

  /**
   * Name in settings.
   *
   * @return such as {@code refault-distance}
   */
  public String settingName() {
    return settingName;
  }

  /**
   * The rule with its default values.
   *
   * @return an immutable policy
   */
  public PromotionPolicy policy() {
    return policy;
  }
}
