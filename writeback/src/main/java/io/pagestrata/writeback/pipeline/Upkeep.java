// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

/** Whether the upkeep of a tier still makes room in it. Thread-safe; no call blocks. */
public interface Upkeep {
  /** Asks for a step soon. */
  void wake();

  /**
   * Steps that moved or freed something.
   *
   * @return how many, ever
   */
  long gains();

  /**
   * Steps that had nothing to do, or failed.
   *
   * @return how many, ever
   */
  long rests();
}
