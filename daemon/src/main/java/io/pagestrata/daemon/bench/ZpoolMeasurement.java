// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.function.Consumer;

/** One thing to measure with every kind of zpool. Used once, by one thread. */
interface ZpoolMeasurement {
  /** Name for {@code --only}. */
  String name();

  /** Steps that {@link #run} takes. */
  int steps(ZpoolContext context);

  /**
   * Measures.
   *
   * @param context kinds, sizes and pages
   * @param rows takes the figures
   * @throws Exception when a pool fails or the user stops the benchmark
   */
  void run(ZpoolContext context, Consumer<ZpoolRow> rows) throws Exception;
}
