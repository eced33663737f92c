// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Tells a running command that the user pressed Ctrl-C, and keeps the process alive until the
 * command has cleaned up, but not for ever. Thread-safe.
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch cleanedUp = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "pagestrata-stop");
  private volatile boolean stopped;

  /** Starts listening. */
  StopSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    stopped = true;
    try {
      if (!cleanedUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("pagestrata: gave up waiting for the work in progress to end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean getAsBoolean() {
    return stopped;
  }

  /** Says that everything is cleaned up. */
  @Override
  public void close() {
    cleanedUp.countDown();
    if (!stopped) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came this very moment: the hook finds the latch open.
        stopped = true;
      }
    }
  }
}
