// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import java.util.concurrent.locks.LockSupport;

/** A short break in a loop that waits for another thread; a test does that thread's work in it. */
@FunctionalInterface
public interface Pause {
  /** A break of about 100 microseconds. */
  Pause SHORT =
      new Pause() {
        @Override
        public void pause() {
          LockSupport.parkNanos(100_000);
        }

        @Override
        public void pauseAtMost(long nanos) {
          LockSupport.parkNanos(Math.min(nanos, 10_000_000));
        }
      };

  /** Takes a break. */
  void pause();

  /**
   * Takes a break for something that comes at a known time; short enough to notice a close.
   *
   * @param nanos time until it comes
   */
  default void pauseAtMost(long nanos) {
    pause();
  }
}
