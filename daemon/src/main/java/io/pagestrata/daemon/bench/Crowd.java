// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that start together on the same work. For one thread. */
final class Crowd implements AutoCloseable {
  private final int threads;
  private final ExecutorService executor;

  /** Work of one thread of the crowd. */
  @FunctionalInterface
  interface Part {
    /**
     * Does the work.
     *
     * @param thread number of the thread, from 0
     * @return nanoseconds it took
     * @throws Exception when it fails
     */
    long run(int thread) throws Exception;
  }

  Crowd(int threads) {
    this.threads = threads;
    this.executor = Executors.newFixedThreadPool(threads);
  }

  /** Longest time that a thread took. */
  long slowestNanos(Part part) throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Future<Long>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      running.add(
          executor.submit(
              () -> {
                start.await();
                return part.run(thread);
              }));
    }
    long slowest = 0;
    for (Future<Long> one : running) {
      slowest = Math.max(slowest, one.get());
    }
    return slowest;
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
