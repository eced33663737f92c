// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.Locale;

/**
 * What a figure should reach: its ratio to the limit or, without a limit or on demand, the figure
 * itself.
 *
 * @param bound the number to reach, NaN for no target
 * @param atMost whether smaller is better
 * @param ofOurs whether it is about the figure itself although there is a limit
 */
record Target(double bound, boolean atMost, boolean ofOurs) {
  static final Target NONE = new Target(Double.NaN, true, false);

  static Target atMost(double bound) {
    return new Target(bound, true, false);
  }

  static Target atLeast(double bound) {
    return new Target(bound, false, false);
  }

  static Target oursAtLeast(double bound) {
    return new Target(bound, false, true);
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
        : String.format(
            Locale.ROOT, "%s%s %.2f", ofOurs ? "ours " : "", atMost ? "<=" : ">=", bound);
  }
}
