// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what servers bring about among themselves, and not for ever. Stateless. */
final class Patience {
  private static final long MOST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long BREAK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Patience() {}

  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > MOST_WAIT_NANOS) {
        throw new IllegalStateException("waited in vain until " + what);
      }
      LockSupport.parkNanos(BREAK_NANOS);
    }
  }
}
