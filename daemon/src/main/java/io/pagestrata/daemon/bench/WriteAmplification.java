// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

/**
 * What theory says about cleaning a log under uniform random overwrites (P. Desnoyers, "Analytic
 * Models of SSD Write Performance", ACM TOS 2014): segments cleaned in the order of their age at a
 * share u of live data cost {@code A = alpha / (alpha + W(-alpha e^-alpha))} writes for each write,
 * with alpha = 1 / u and W the principal branch of Lambert's function.
 */
final class WriteAmplification {
  private static final int STEPS = 64;

  private WriteAmplification() {}

  /** Expected write amplification at a live share between 0 and 1. */
  static double uniformOverwrites(double liveShare) {
    double alpha = 1 / liveShare;
    return alpha / (alpha + lambertW(-alpha * Math.exp(-alpha)));
  }

  /** Solves w e^w = x for w from -1 to 0 by halving: the product only grows there. */
  private static double lambertW(double x) {
    double low = -1;
    double high = 0;
    for (int i = 0; i < STEPS; i++) {
      double middle = (low + high) / 2;
      if (middle * Math.exp(middle) < x) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
