// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.tier.WriteBudget;

/**
 * A tenant, who owns pools, and what it may take. Immutable but for what is used of its budget.
 *
 * @param name one word without blanks, unique in its store
 * @param weight share of RAM when that is short, against the weights of the others; 1 or more
 * @param ramBytes most bytes of zpages in tiers in RAM, {@link #NO_LIMIT} for no limit
 * @param totalBytes most bytes of zpages in all tiers, backing copies included; {@link #NO_LIMIT}
 *     for no limit
 * @param lowestTier number of the lowest tier that its zpages may enter, 0 for the top one alone
 * @param writeBudget bounds what is written to disk for it
 */
public record TenantLimits(
    String name,
    int weight,
    long ramBytes,
    long totalBytes,
    int lowestTier,
    WriteBudget writeBudget) {
  /** As bytes: no limit. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  /** Name of the tenant who owns every pool that names none. */
  public static final String DEFAULT_NAME = "default";

  /**
   * Checks the values.
   *
   * @param name see above
   * @param weight see above
   * @param ramBytes see above
   * @param totalBytes see above
   * @param lowestTier see above
   * @param writeBudget see above
   * @throws IllegalArgumentException when the name has a blank or more than 128 characters, or a
   *     number is out of its range
   */
  public TenantLimits {
    if (!name.matches("\\S{1,128}")) {
      throw new IllegalArgumentException("'" + name + "' is no name of a tenant");
    }
    if (weight < 1 || ramBytes < 1 || totalBytes < 1 || lowestTier < 0) {
      throw new IllegalArgumentException(
          "weight and limits of tenant '" + name + "' must be above 0");
    }
  }

  /**
   * A tenant that may take everything.
   *
   * @param name its name
   * @return weight 1 and no limit
   */
  public static TenantLimits none(String name) {
    return new TenantLimits(name, 1, NO_LIMIT, NO_LIMIT, Integer.MAX_VALUE, WriteBudget.UNLIMITED);
  }

  boolean isLimited() {
    return ramBytes != NO_LIMIT || totalBytes != NO_LIMIT;
  }
}
