// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The workers of the demo and their threads; runs one phase at a time. For one thread. */
final class Crew implements AutoCloseable {
  private final List<DemoWorker> workers;
  private final ExecutorService executor;

  Crew(List<DemoWorker> workers) {
    this.workers = workers;
    this.executor = Executors.newFixedThreadPool(workers.size());
  }

  int size() {
    return workers.size();
  }

  /**
   * Lets every worker do its part and waits for all of them.
   *
   * @return wall time in nanoseconds
   */
  long run(Consumer<DemoWorker> part) throws InterruptedException {
    long start = System.nanoTime();
    List<Future<Void>> parts = new ArrayList<>();
    for (DemoWorker worker : workers) {
      Callable<Void> task =
          () -> {
            part.accept(worker);
            return null;
          };
      parts.add(executor.submit(task));
    }
    RuntimeException first = null;
    for (Future<Void> running : parts) {
      first = join(running, first);
    }
    if (first != null) {
      throw first;
    }
    return System.nanoTime() - start;
  }

  /** All workers are waited for even when one failed, so that none touches a closed store. */
  private static RuntimeException join(Future<Void> running, RuntimeException first)
      throws InterruptedException {
    try {
      running.get();
      return first;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      RuntimeException failure = (RuntimeException) e.getCause();
      boolean better = first == null || first instanceof CancellationException;
      return better ? failure : first;
    }
  }

  Tally tally() {
    Tally all = new Tally();
    workers.forEach(worker -> all.add(worker.tally()));
    return all;
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
