// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.ZpageHeader;

/**
 * What recompression for one tier does, checked as it is made. Immutable.
 *
 * @param codec the denser codec
 * @param pageBytes page size of the store
 * @param tier number of the tier, 0 for the top; a zpage is tried once for each tier, so that a
 *     codec further down can try what one above gave up
 * @param minBytes least payload that is worth a try
 * @param idleAgeNanos age at which zpages at rest are tried, 0 for never
 * @param cpuShare share of one core that may be spent, above 0, up to 1
 */
public record RecompressionRule(
    PageCodec codec, int pageBytes, int tier, long minBytes, long idleAgeNanos, double cpuShare) {
  /**
   * Checks the values.
   *
   * @param codec as above
   * @param pageBytes as above
   * @param tier as above
   * @param minBytes as above
   * @param idleAgeNanos as above
   * @param cpuShare as above
   * @throws IllegalArgumentException when the share is out of range
   */
  public RecompressionRule {
    if (!(cpuShare > 0 && cpuShare <= 1)) {
      throw new IllegalArgumentException("CPU share " + cpuShare + " is not above 0 and up to 1");
    }
  }

  /** Step that a zpage has reached once this rule was tried on it. */
  int step() {
    return Math.min(tier + 1, ZpageHeader.MAX_STEP);
  }
}
