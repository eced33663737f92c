// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

/**
 * A background duty, done in short steps by one thread at a time.
 *
 * <p>Thread, pauses and clock come from outside, so that a test can step it by hand. After agrona's
 * {@code Agent}.
 */
public interface Agent {
  /**
   * What it does, for thread names and error reports.
   *
   * @return such as {@code reclaim-ram}
   */
  String roleName();

  /**
   * Does one bounded step.
   *
   * @return how much was done, 0 when there is nothing to do now
   */
  int doWork();

  /**
   * How long its thread may sleep after a step that did nothing, unless the signal rings.
   *
   * @return nanoseconds, above 0
   */
  long idleNanos();

  /**
   * How long its thread sleeps in any case after a step that did nothing, so that a bell rung by
   * every put does not cost a thread switch per put.
   *
   * @return nanoseconds, 0 for duties whose bell rings rarely
   */
  default long dozeNanos() {
    return 0;
  }

  /**
   * The bell that ends its sleep.
   *
   * @return the same object always
   */
  Signal signal();

  /** Ends the duty; called once by its own thread after the last step. */
  default void onClose() {}
}
