// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.function.Consumer;

/** One thing to measure. Used once, by one thread. */
interface Measurement {
  /** Name for {@code --only}. */
  String name();

  /**
   * Measures.
   *
   * @param bench pages, settings and scratch space
   * @param rows takes each figure as soon as it is known
   * @throws Exception when the store or the disk fails: the benchmark ends
   */
  void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception;
}
