// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that run together until the main one is done; the first failure of any fails the test.
 */
public final class Storm {
  /** One step of a thread, repeated. */
  @FunctionalInterface
  public interface Step {
    void run() throws Exception;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean over;

  /** Starts a thread that repeats a step until the storm is over. */
  public Storm repeat(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!over) {
                  step.run();
                }
              } catch (Throwable t) {
                failure.compareAndSet(null, t);
              }
            });
    threads.add(thread);
    thread.start();
    return this;
  }

  /** Runs a step so many times on this thread, or until another fails; then ends the storm. */
  public void during(int steps, Step step) throws Exception {
    try {
      for (int i = 0; i < steps && failure.get() == null; i++) {
        step.run();
      }
    } finally {
      over = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
    if (failure.get() != null) {
      throw new AssertionError("a thread of the storm failed", failure.get());
    }
  }
}
