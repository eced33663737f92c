// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Workers that work when a test says so, on the thread of the test. */
final class HeldExecutor extends AbstractExecutorService {
  final List<Runnable> tasks = new ArrayList<>();
  private boolean shutdown;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Does one piece of work out of turn. */
  void run(int task) {
    tasks.remove(task).run();
  }

  void runAll() {
    while (!tasks.isEmpty()) {
      run(0);
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    return tasks;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && tasks.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }
}
