// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Payload bytes of requests under way in a whole server, and those who wait for others to end.
 * Thread-safe.
 */
final class InFlight {
  private final long limitBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  InFlight(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  long bytes() {
    return bytes.get();
  }

  boolean tryCharge(long wanted) {
    long now = bytes.get();
    while (now + wanted <= limitBytes) {
      if (bytes.compareAndSet(now, now + wanted)) {
        return true;
      }
      now = bytes.get();
    }
    return false;
  }

  /** For what must go on whatever the limit says, because nothing else would ever end. */
  void charge(long wanted) {
    bytes.addAndGet(wanted);
  }

  void release(long done) {
    bytes.addAndGet(-done);
    Runnable next = waiting.poll();
    while (next != null) {
      next.run();
      next = waiting.poll();
    }
  }

  /** Calls once after the next release; the caller looks again after this, lest it was the last. */
  void onRelease(Runnable waiter) {
    waiting.add(waiter);
  }
}
