// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Keeps callers from a server that does not answer: closed, they go through; open, they are told at
 * once. Opened by a lost connection, or by several timeouts without an answer in between; closed by
 * a probe that was answered.
 *
 * <p>A server that comes back once is used again at once. One that goes again soon after is kept
 * out for half a second, and for twice as long each time from there on: what flaps costs its users
 * a timeout each time that it is believed. Thread-safe.
 */
final class Breaker {
  private static final int MOST_TIMEOUTS = 3;
  private static final long FIRST_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Less than it takes until pages of an absent server move to their mirrors. */
  private static final long MOST_HOLD_NANOS = TimeUnit.SECONDS.toNanos(16);

  /** A server that stayed for so long does not flap. */
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final LongSupplier nanoClock;
  private final AtomicInteger timeouts = new AtomicInteger();
  private volatile boolean open;
  private long openedNanos;
  private long closedNanos;
  private long holdNanos;
  private boolean wasOpen;

  Breaker(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

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
      case DOWN, CONFIG -> open();
      case UNKNOWN -> {
        if (timeouts.incrementAndGet() >= MOST_TIMEOUTS) {
          open();
        }
      }
      case FULL -> {
        // It answers.
      }
    }
  }

  private synchronized void open() {
    if (open) {
      return;
    }
    long now = nanoClock.getAsLong();
    boolean again = wasOpen && now - closedNanos < CALM_NANOS;
    holdNanos = again ? Math.min(Math.max(FIRST_HOLD_NANOS, 2 * holdNanos), MOST_HOLD_NANOS) : 0;
    openedNanos = now;
    wasOpen = true;
    open = true;
  }

  /** Takes note of a probe that was answered. */
  void close() {
    timeouts.set(0);
    if (open) {
      closeInTime();
    }
  }

  private synchronized void closeInTime() {
    long now = nanoClock.getAsLong();
    if (open && now - openedNanos >= holdNanos) {
      closedNanos = now;
      open = false;
    }
  }

  /** Whether it has been closed for so long. */
  synchronized boolean isClosedFor(long nanos) {
    return !open && (!wasOpen || nanoClock.getAsLong() - closedNanos >= nanos);
  }

  /** Whether the server came back lately after it had gone more than once. */
  synchronized boolean isFlapping() {
    return holdNanos > 0 && (open || nanoClock.getAsLong() - closedNanos < CALM_NANOS);
  }
}
