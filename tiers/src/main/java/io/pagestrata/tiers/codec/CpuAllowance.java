// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

/**
 * Time that may be spent: a share of the time that passes, saved up for a second at most.
 *
 * <p>Asked before the work and charged after it, so one piece of work may overdraw it; the next
 * waits until that is paid back. Not thread-safe.
 */
final class CpuAllowance {
  private static final long MOST_SAVED_NANOS = 1_000_000_000L;

  private final double share;
  private double leftNanos;
  private long seenNanos;

  CpuAllowance(double share, long nowNanos) {
    this.share = share;
    leftNanos = share * MOST_SAVED_NANOS;
    seenNanos = nowNanos;
  }

  boolean isLeft(long nowNanos) {
    double earned = share * Math.max(0, nowNanos - seenNanos);
    leftNanos = Math.min(share * MOST_SAVED_NANOS, leftNanos + earned);
    seenNanos = nowNanos;
    return leftNanos > 0;
  }

  void spend(long nanos) {
    leftNanos -= Math.max(0, nanos);
  }
}
