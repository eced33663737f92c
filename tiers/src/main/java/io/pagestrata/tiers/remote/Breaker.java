// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps callers from a server that does not answer: closed, they go through; open, they are told at
 * once. Opened by a lost connection, or by several timeouts without an answer in between; closed by
 * a probe that was answered. Thread-safe.
 */
final class Breaker {
  private static final int MOST_TIMEOUTS = 3;

  private final AtomicInteger timeouts = new AtomicInteger();
  private volatile boolean open;

  boolean isOpen() {
    return open;
  }

  void answered() {
    if (timeouts.get() != 0) {
      timeouts.set(0);
    }
  }

  void failed(RemoteFailure.Kind kind) {
    switch (kind) {
      case DOWN, CONFIG -> open = true;
      case UNKNOWN -> {
        if (timeouts.incrementAndGet() >= MOST_TIMEOUTS) {
          open = true;
        }
      }
      case FULL -> {
        // It answers.
      }
    }
  }

  void close() {
    timeouts.set(0);
    open = false;
  }
}
