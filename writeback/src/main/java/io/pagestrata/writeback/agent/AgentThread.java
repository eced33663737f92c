// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * The daemon thread that repeats one agent's duty until it is stopped.
 *
 * <p>An exception out of the agent is reported and the duty goes on after a pause: a background
 * thread that dies silently would turn into puts that wait for ever. Thread-safe.
 */
public final class AgentThread {
  private static final long ERROR_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Agent agent;
  private final BiConsumer<String, Throwable> onError;
  private final Thread thread;
  private volatile boolean running = true;

  /**
   * Makes a thread that is not started yet.
   *
   * @param agent the duty
   * @param threads makes the thread; name and daemon flag are set here
   * @param onError takes role and exception
   */
  public AgentThread(Agent agent, ThreadFactory threads, BiConsumer<String, Throwable> onError) {
    this.agent = agent;
    this.onError = onError;
    thread = threads.newThread(this::run);
    thread.setName("pagestrata-" + agent.roleName());
    thread.setDaemon(true);
  }

  /** Starts the thread; once. */
  public void start() {
    thread.start();
  }

  /** Asks the thread to end after its present step; does not wait. */
  public void stop() {
    running = false;
    agent.signal().ring();
  }

  /**
   * Whether it was started and has not ended.
   *
   * @return true while it may touch anything
   */
  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Breaks into a call that hangs; only for an agent that was told to stop. */
  public void interrupt() {
    thread.interrupt();
  }

  /**
   * Waits for the end of the thread. An interrupt of the caller is kept for later.
   *
   * @param mostNanos longest wait
   * @return false when it still runs
   */
  public boolean join(long mostNanos) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + mostNanos;
    try {
      while (thread.isAlive()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedJoin(thread, left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (running) {
      // A stray interrupt would turn every later park into a busy loop.
      Thread.interrupted();
      step();
    }
    try {
      agent.onClose();
    } catch (RuntimeException | Error e) {
      onError.accept(agent.roleName(), e);
    }
  }

  private void step() {
    int done = 0;
    long idleNanos = ERROR_PAUSE_NANOS;
    try {
      done = agent.doWork();
      idleNanos = agent.idleNanos();
    } catch (RuntimeException | Error e) {
      onError.accept(agent.roleName(), e);
    }
    if (done == 0 && running) {
      if (agent.dozeNanos() > 0) {
        LockSupport.parkNanos(agent.dozeNanos());
      }
      agent.signal().await(idleNanos);
    }
  }
}
