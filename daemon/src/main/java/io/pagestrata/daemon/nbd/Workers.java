// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that may wait: some for reads, which wait for disk, others for changes, which wait
 * for room; so that a full store does not keep reads from being served. Their queues are bounded by
 * the limits on what is in flight. Thread-safe.
 */
final class Workers implements AutoCloseable {
  private static final int READERS = 16;
  private static final int CHANGERS = 8;

  private final ExecutorService readers = pool("nbd-read-", READERS);
  private final ExecutorService changers = pool("nbd-change-", CHANGERS);

  private static ExecutorService pool(String prefix, int threads) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, prefix + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  ExecutorService readers() {
    return readers;
  }

  ExecutorService changers() {
    return changers;
  }

  /** Ends what is under way, at most for a time; then gives it up. */
  boolean close(Duration wait) {
    readers.shutdown();
    changers.shutdown();
    long deadline = System.nanoTime() + wait.toNanos();
    try {
      for (ExecutorService pool : new ExecutorService[] {readers, changers}) {
        if (!pool.awaitTermination(
            Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    readers.shutdownNow();
    changers.shutdownNow();
  }
}
