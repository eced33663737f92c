// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Payload bytes of requests under way in a whole server, or in a share of it, and those who wait
 * for others to end. What is charged to a share is charged to the whole too. Thread-safe.
 */
final class InFlight {
  private final long limitBytes;
  private final InFlight whole;
  private final AtomicLong bytes = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  InFlight(long limitBytes) {
    this(limitBytes, null);
  }

  private InFlight(long limitBytes, InFlight whole) {
    this.limitBytes = limitBytes;
    this.whole = whole;
  }

  InFlight share(long mostBytes) {
    return new InFlight(mostBytes, this);
  }

  long bytes() {
    return bytes.get();
  }

  boolean tryCharge(long wanted) {
    long now = bytes.get();
    while (now + wanted <= limitBytes) {
      if (bytes.compareAndSet(now, now + wanted)) {
        if (whole == null || whole.tryCharge(wanted)) {
          return true;
        }
        // Wakes nobody: the whole is full, so a release is still to come.
        bytes.addAndGet(-wanted);
        return false;
      }
      now = bytes.get();
    }
    return false;
  }

  /** For what must go on whatever the limit says, because nothing else would ever end. */
  void charge(long wanted) {
    bytes.addAndGet(wanted);
    if (whole != null) {
      whole.charge(wanted);
    }
  }

  void release(long done) {
    bytes.addAndGet(-done);
    if (whole != null) {
      whole.release(done);
      return;
    }
    Runnable next = waiting.poll();
    while (next != null) {
      next.run();
      next = waiting.poll();
    }
  }

  /**
   * Calls once after the next release anywhere; the caller looks again after this, lest it was the
   * last.
   */
  void onRelease(Runnable waiter) {
    if (whole != null) {
      whole.onRelease(waiter);
    } else {
      waiting.add(waiter);
    }
  }
}
