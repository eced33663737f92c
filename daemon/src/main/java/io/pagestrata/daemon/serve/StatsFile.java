// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.daemon.report.JsonStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps a file with the statistics of a store that is in use, written by a thread of its own at
 * once, at each interval and when it is closed. A file that cannot be written is told once, and
 * tried again.
 */
public final class StatsFile implements AutoCloseable {
  private static final Logger LOG = LogManager.getLogger(StatsFile.class);
  private static final long INTERVAL_SECONDS = 10;
  private static final long CLOSE_SECONDS = 5;

  private final Supplier<? extends Record> stats;
  private final Path file;
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "pagestrata-stats");
            thread.setDaemon(true);
            return thread;
          });

  /** Whether the last try failed; of the writing thread only. */
  private boolean failed;

  /**
   * Starts writing.
   *
   * @param stats asked each time
   * @param file replaced each time
   */
  public StatsFile(Supplier<? extends Record> stats, Path file) {
    this.stats = stats;
    this.file = file;
    writer.scheduleWithFixedDelay(this::write, 0, INTERVAL_SECONDS, TimeUnit.SECONDS);
  }

  private void write() {
    try {
      JsonStats.write(stats.get(), file);
      failed = false;
    } catch (IOException e) {
      if (!failed) {
        LOG.warn("the statistics cannot be written to {}", file, e);
      }
      failed = true;
    }
  }

  /** Writes for the last time, unless the disk hangs, and ends the thread. */
  @Override
  public void close() {
    writer.execute(this::write);
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the statistics were not written for the last time to {}", file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
