// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.util.List;

/**
 * What one tenant holds and did. Gauges hold the present and are exact while nothing moves; the
 * others only grow.
 *
 * @param name name of the tenant
 * @param pages gauge: pages present in its pools
 * @param bytesByTier gauge: bytes of its zpages in each tier, top first, backing copies included,
 *     counted as the tier counts them
 * @param ramBytes gauge: those in tiers in RAM
 * @param incompressibleBytes gauge: those in the top tier that are no smaller than their pages
 * @param ramLimitBytes gauge: most bytes in RAM, 2^63 - 1 for no limit
 * @param totalLimitBytes gauge: most bytes in all tiers, 2^63 - 1 for no limit
 * @param writtenTodayBytes gauge: bytes of its write budget that are used today; 0 without a limit
 *     per day
 * @param writeLimitBytes gauge: most bytes written to disk in a day, 2^63 - 1 for no limit
 * @param weight gauge: share of RAM when that is short, against the weights of the others
 * @param puts puts that stored their page
 * @param putsIncompressible of these, pages that no codec shrank
 * @param putsRefused puts refused, for whatever reason
 */
public record TenantStats(
    String name,
    long pages,
    List<Long> bytesByTier,
    long ramBytes,
    long incompressibleBytes,
    long ramLimitBytes,
    long totalLimitBytes,
    long writtenTodayBytes,
    long writeLimitBytes,
    int weight,
    long puts,
    long putsIncompressible,
    long putsRefused) {
  /**
   * Copies the list.
   *
   * @param name see above
   * @param pages see above
   * @param bytesByTier see above
   * @param ramBytes see above
   * @param incompressibleBytes see above
   * @param ramLimitBytes see above
   * @param totalLimitBytes see above
   * @param writtenTodayBytes see above
   * @param writeLimitBytes see above
   * @param weight see above
   * @param puts see above
   * @param putsIncompressible see above
   * @param putsRefused see above
   */
  public TenantStats {
    bytesByTier = List.copyOf(bytesByTier);
  }
}
