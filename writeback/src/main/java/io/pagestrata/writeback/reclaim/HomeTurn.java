// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import java.util.concurrent.TimeUnit;

/**
 * Says when an idle store takes pages home from a revocable tier that is shaky: 4 MiB in a second
 * at most, and nothing while as much comes in. Owned by the reclaiming thread.
 */
final class HomeTurn {
  /** What goes home at a turn. */
  static final long BYTES = 1L << 20;

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final boolean revocable;
  private long lastNanos;

  HomeTurn(boolean revocable, long nowNanos) {
    this.revocable = revocable;
    lastNanos = nowNanos;
  }

  /** Whether a turn begins now. */
  boolean begins(long nowNanos, Pace pace) {
    if (!revocable || nowNanos - lastNanos < PERIOD_NANOS) {
      return false;
    }
    lastNanos = nowNanos;
    return pace.bytesIn(PERIOD_NANOS) < BYTES;
  }
}
