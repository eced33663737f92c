// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.report.Unit;

/**
 * One figure of the table.
 *
 * @param name what was measured
 * @param unit unit of {@code ours} and {@code limit}
 * @param ours the median of the store
 * @param limit the median of what bounds it, or null
 * @param ratio the median of ours / limit of each round, or null
 * @param target what the figure should reach
 * @param note what else to know, may be empty
 */
record BenchRow(
    String name, Unit unit, double ours, Double limit, Double ratio, Target target, String note) {
  static BenchRow alone(String name, Unit unit, double value, Target target, String note) {
    return new BenchRow(name, unit, value, null, null, target, note);
  }

  static BenchRow of(String name, Unit unit, Comparison comparison, Target target, String note) {
    return new BenchRow(
        name, unit, comparison.ours(), comparison.limit(), comparison.ratio(), target, note);
  }

  /** Whether the target is reached; null without a target. */
  Boolean isMet() {
    return target.isMet(ratio == null || target.ofOurs() ? ours : ratio);
  }
}
