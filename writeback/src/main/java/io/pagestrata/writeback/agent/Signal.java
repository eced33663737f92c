// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import java.util.concurrent.locks.LockSupport;

/**
 * A bell that many threads may ring and one thread waits for; rings do not add up.
 *
 * <p>Ringing is meant for the put path: it takes no lock and allocates nothing, and while an
 * earlier ring is still unheard it is one volatile read. No ring is lost: the waiter names itself
 * before it looks at the bell, the ringer strikes the bell before it looks for the waiter.
 */
public final class Signal {
  private volatile boolean rung;
  private volatile Thread waiter;

  /** Makes a silent bell. */
  public Signal() {}

  /** Wakes the waiter, or lets its next wait return at once. */
  public void ring() {
    if (!rung) {
      rung = true;
      Thread thread = waiter;
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }
  }

  /**
   * Waits for a ring and silences the bell; may return early without one.
   *
   * @param mostNanos longest wait
   */
  void await(long mostNanos) {
    waiter = Thread.currentThread();
    if (!rung && mostNanos > 0) {
      LockSupport.parkNanos(this, mostNanos);
    }
    waiter = null;
    rung = false;
  }
}
