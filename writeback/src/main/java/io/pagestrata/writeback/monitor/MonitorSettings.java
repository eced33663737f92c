// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import java.time.Duration;

/**
 * Settings of the monitor log.
 *
 * @param interval time between two lines of totals; 10 s by default
 * @param json true for one JSON object per line; false, the default, for lines for people
 * @param eventsPerSecond most lines of one kind per second, the rest is counted; 5 by default
 */
public record MonitorSettings(Duration interval, boolean json, int eventsPerSecond) {
  /**
   * Checks the values.
   *
   * @param interval see above
   * @param json see above
   * @param eventsPerSecond see above
   * @throws IllegalArgumentException when one is out of its range
   */
  public MonitorSettings {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("monitor interval must be above 0, not " + interval);
    }
    if (eventsPerSecond < 1) {
      throw new IllegalArgumentException(
          "monitor eventsPerSecond must be 1 or more, not " + eventsPerSecond);
    }
  }

  /**
   * The defaults.
   *
   * @return settings
   */
  public static MonitorSettings defaults() {
    return new MonitorSettings(Duration.ofSeconds(10), false, 5);
  }
}
