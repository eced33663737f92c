// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.Locale;

/**
 * What a figure should reach: its ratio to the limit or, without a limit, the figure itself.
 *
 * @param bound the number to reach, NaN for no target
 * @param atMost whether smaller is better
 */
record Target(double bound, boolean atMost) {
  static final Target NONE = new Target(Double.NaN, true);

  static Target atMost(double bound) {
    return new Target(bound, true);
  }

  static Target atLeast(double bound) {
    return new Target(bound, false);
  }

  Boolean isMet(double value) {
    if (Double.isNaN(bound)) {
      return null;
    }
    return atMost ? value <= bound : value >= bound;
  }

  @Override
  public String toString() {
    return Double.isNaN(bound)
        ? "-"
        : String.format(Locale.ROOT, "%s %.2f", atMost ? "<=" : ">=", bound);
  }
}
