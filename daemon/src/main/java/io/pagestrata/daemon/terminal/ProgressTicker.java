// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.terminal;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The thread that keeps a {@link Progress} moving until it is closed. */
public final class ProgressTicker implements AutoCloseable {
  private static final long PERIOD_MILLIS = 50;

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "pagestrata-progress");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Starts ticking.
   *
   * @param progress what to keep moving
   */
  public ProgressTicker(Progress progress) {
    executor.scheduleWithFixedDelay(
        progress::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
