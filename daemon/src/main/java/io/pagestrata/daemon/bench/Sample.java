// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

/** Measures one number once. */
@FunctionalInterface
interface Sample {
  /**
   * Does the work.
   *
   * @return the figure, such as nanoseconds for one operation
   * @throws Exception when the work fails
   */
  double measure() throws Exception;
}
