// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

import java.time.Duration;
import java.util.Optional;

/**
 * What to write back on request. All limits hold together.
 *
 * @param tier number of the tier to relieve, 0 for the top
 * @param mostBytes stop after this many zpage bytes left the tier
 * @param untouchedFor only regions filled at least this long ago; zero for any
 * @param mostPages stop after this many zpages were written or evicted
 * @param tenant only zpages of this tenant; empty for everybody's
 */
public record WritebackRequest(
    int tier, long mostBytes, Duration untouchedFor, long mostPages, Optional<String> tenant) {
  /**
   * Asks for the coldest zpages, whoever owns them and however many they are.
   *
   * @param tier number of the tier to relieve, 0 for the top
   * @param mostBytes stop after this many zpage bytes left the tier
   * @param untouchedFor only regions filled at least this long ago; zero for any
   */
  public WritebackRequest(int tier, long mostBytes, Duration untouchedFor) {
    this(tier, mostBytes, untouchedFor, Long.MAX_VALUE, Optional.empty());
  }

  /**
   * Asks for everything that the top tier holds.
   *
   * @return a request without limits
   */
  public static WritebackRequest everything() {
    return new WritebackRequest(0, Long.MAX_VALUE, Duration.ZERO);
  }

  /**
   * The same for the zpages of one tenant.
   *
   * @param name name of the tenant
   * @return a request
   */
  public WritebackRequest ofTenant(String name) {
    return new WritebackRequest(tier, mostBytes, untouchedFor, mostPages, Optional.of(name));
  }

  /**
   * The same with a limit of zpages.
   *
   * @param pages most zpages written or evicted
   * @return a request
   */
  public WritebackRequest atMost(long pages) {
    return new WritebackRequest(tier, mostBytes, untouchedFor, pages, tenant);
  }
}
