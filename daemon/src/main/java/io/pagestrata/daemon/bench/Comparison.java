// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.Arrays;

/**
 * Medians of something measured beside its limit.
 *
 * <p>Shared machines drift: both are measured in every round, in changing order, and the ratio is
 * the median of the rounds' ratios.
 *
 * @param ours median of the thing itself
 * @param limit median of the limit
 * @param ratio median of ours / limit
 */
record Comparison(double ours, double limit, double ratio) {
  private static final int WARM_UP_ROUNDS = 2;

  static Comparison of(int rounds, Sample ours, Sample limit) throws Exception {
    double[] oursOf = new double[rounds];
    double[] limitOf = new double[rounds];
    double[] ratioOf = new double[rounds];
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      double first = (round & 1) == 0 ? ours.measure() : limit.measure();
      double second = (round & 1) == 0 ? limit.measure() : ours.measure();
      if (round >= 0) {
        oursOf[round] = (round & 1) == 0 ? first : second;
        limitOf[round] = (round & 1) == 0 ? second : first;
        ratioOf[round] = oursOf[round] / limitOf[round];
      }
    }
    return new Comparison(median(oursOf), median(limitOf), median(ratioOf));
  }

  static double alone(int rounds, Sample sample) throws Exception {
    double[] values = new double[rounds];
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      double value = sample.measure();
      if (round >= 0) {
        values[round] = value;
      }
    }
    return median(values);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
