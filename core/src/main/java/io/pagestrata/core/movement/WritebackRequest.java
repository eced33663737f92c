// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

import java.time.Duration;

/**
 * What to write back on request.
 *
 * @param tier number of the tier to relieve, 0 for the top
 * @param mostBytes stop after this many zpage bytes left the tier
 * @param untouchedFor only regions filled at least this long ago; zero for any
 */
public record WritebackRequest(int tier, long mostBytes, Duration untouchedFor) {
  /**
   * Asks for everything that the top tier holds.
   *
   * @return a request without limits
   */
  public static WritebackRequest everything() {
    return new WritebackRequest(0, Long.MAX_VALUE, Duration.ZERO);
  }
}
