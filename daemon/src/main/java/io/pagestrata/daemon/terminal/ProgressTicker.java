// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.terminal;

import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The thread that keeps a {@link Progress} moving while work is done. Stateless. */
public final class ProgressTicker {
  private static final long PERIOD_MILLIS = 50;

  private ProgressTicker() {}

  /**
   * Does the work and keeps the display moving meanwhile.
   *
   * @param progress what to keep moving
   * @param work what to do
   * @param <T> type of the result
   * @return what the work returned
   * @throws Exception what the work threw
   */
  public static <T> T during(Progress progress, Callable<T> work) throws Exception {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "pagestrata-progress");
              thread.setDaemon(true);
              return thread;
            });
    executor.scheduleWithFixedDelay(
        progress::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    try {
      return work.call();
    } finally {
      executor.shutdownNow();
    }
  }
}
