// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A run on a daemon thread of its own, which its owner waits for as long as it gets on. Started and
 * waited for by one thread.
 */
public final class WatchedRun {
  private static final long LOOK_MILLIS = 10;

  private final Thread thread;
  private final LongSupplier progress;
  private final LongSupplier nanoClock;

  /**
   * Starts a run.
   *
   * @param name of the thread
   * @param run what to do
   * @param progress grows while it gets on
   * @param threads makes the thread
   * @param nanoClock the clock
   */
  public WatchedRun(
      String name,
      Runnable run,
      LongSupplier progress,
      ThreadFactory threads,
      LongSupplier nanoClock) {
    this.progress = progress;
    this.nanoClock = nanoClock;
    thread = threads.newThread(run);
    thread.setName(name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits for the end. An interrupt of the caller is kept for later.
   *
   * @param patience longest time without progress
   * @return false when there was none for so long
   */
  public boolean await(Duration patience) {
    boolean interrupted = false;
    long seen = progress.getAsLong();
    long sinceNanos = nanoClock.getAsLong();
    try {
      while (thread.isAlive()) {
        try {
          TimeUnit.MILLISECONDS.timedJoin(thread, LOOK_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        long now = nanoClock.getAsLong();
        long got = progress.getAsLong();
        if (got != seen) {
          seen = got;
          sinceNanos = now;
        } else if (thread.isAlive() && now - sinceNanos >= patience.toNanos()) {
          return false;
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
