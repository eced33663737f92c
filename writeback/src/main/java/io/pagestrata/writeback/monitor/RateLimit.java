// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

/** Lets a few events of one kind through per second and counts the rest. Owned by one thread. */
final class RateLimit {
  private static final long WINDOW_NANOS = 1_000_000_000L;

  private final int mostPerWindow;
  private long windowStartNanos;
  private int passed;
  private long suppressed;

  RateLimit(int mostPerWindow, long nowNanos) {
    this.mostPerWindow = mostPerWindow;
    this.windowStartNanos = nowNanos;
  }

  boolean pass(long nowNanos) {
    if (nowNanos - windowStartNanos >= WINDOW_NANOS) {
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
