// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import java.util.concurrent.locks.LockSupport;

/** A short break in a loop that waits for another thread; a test does that thread's work in it. */
@FunctionalInterface
public interface Pause {
  /** A break of about 100 microseconds. */
  Pause SHORT = () -> LockSupport.parkNanos(100_000);

  /** Takes a break. */
  void pause();
}
