// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbers all accesses of a store one after the other, for leaves that note when each page was used
 * last. Counts modulo 2^32, so a page that was not used for half as many accesses looks young
 * again. Thread-safe.
 */
public final class AccessClock {
  private final AtomicInteger accesses = new AtomicInteger();

  /** A clock that nobody has asked yet. */
  public AccessClock() {}

  /**
   * Counts an access.
   *
   * @return its number
   */
  int tick() {
    return accesses.incrementAndGet();
  }

  /**
   * Number of the last access.
   *
   * @return any number
   */
  public int now() {
    return accesses.get();
  }
}
