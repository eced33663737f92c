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
  private final ExecutorService readers;
  private final ExecutorService changers;

  /**
   * Makes workers, whose threads come with the work.
   *
   * @param threads most readers; there are half as many changers
   */
  Workers(int threads) {
    this(pool("nbd-read-", threads), pool("nbd-change-", Math.max(1, threads / 2)));
  }

  Workers(ExecutorService readers, ExecutorService changers) {
    this.readers = readers;
    this.changers = changers;
  }

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
