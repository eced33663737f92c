// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

/**
 * Lets a few events of one kind through per window of time and counts the rest. Owned by one
 * thread.
 */
final class RateLimit {
  private final int mostPerWindow;
  private final long windowNanos;
  private long windowStartNanos;
  private int passed;
  private long suppressed;

  RateLimit(int mostPerWindow, long windowNanos, long nowNanos) {
    this.mostPerWindow = mostPerWindow;
    this.windowNanos = windowNanos;
    this.windowStartNanos = nowNanos;
  }

  boolean pass(long nowNanos) {
    if (nowNanos - windowStartNanos >= windowNanos) {
      windowStartNanos = nowNanos;
      passed = 0;
    }
    if (passed == mostPerWindow) {
      suppressed++;
      return false;
    }
    passed++;
    return true;
  }

  /** Events held back since the last call. */
  long takeSuppressed() {
    long taken = suppressed;
    suppressed = 0;
    return taken;
  }
}
