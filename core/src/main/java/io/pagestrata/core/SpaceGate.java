// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where puts wait for room: in the top tier, or below the limit of their tenant.
 *
 * <p>A put reads the {@link #ticket} before it tries, so room made between its try and its wait is
 * never missed. Whoever makes room pays only a counter when nobody waits. Thread-safe.
 */
final class SpaceGate {
  private final AtomicLong freed = new AtomicLong();
  private final AtomicLong stalls = new AtomicLong();
  private final AtomicLong stallNanos = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile int waiting;

  long ticket() {
    return freed.get();
  }

  /** Waits until room was made since the ticket was read, at most to a {@code nanoTime}. */
  void await(long ticket, long deadline) throws InterruptedException {
    long start = System.nanoTime();
    lock.lockInterruptibly();
    try {
      waiting++;
      stalls.incrementAndGet();
      long left = deadline - start;
      while (freed.get() == ticket && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      waiting--;
      lock.unlock();
      stallNanos.addAndGet(System.nanoTime() - start);
    }
  }

  void spaceFreed() {
    freed.incrementAndGet();
    if (waiting > 0) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  long stalls() {
    return stalls.get();
  }

  long stallNanos() {
    return stallNanos.get();
  }
}
