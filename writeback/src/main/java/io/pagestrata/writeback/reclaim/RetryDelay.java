// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;

/**
 * Holds reclaim back while the tier below refuses or fails batches: 10 ms after the first failure,
 * twice as long after each failed trial, 1 s at most, for as long as it takes (hazards H27 and
 * H36).
 *
 * <p>The wait ends early when the tier below reports room or health that it did not have at the
 * failure. Owned by the reclaiming thread.
 */
final class RetryDelay {
  static final long FIRST_NANOS = 10_000_000L;
  static final long MOST_NANOS = 1_000_000_000L;

  private final Tier lower;
  private long delayNanos;
  private long failedNanos;
  private long probedNanos;
  private TierStats atFailure;

  RetryDelay(Tier lower) {
    this.lower = lower;
  }

  void failed(long nowNanos) {
    if (delayNanos == 0) {
      delayNanos = FIRST_NANOS;
    } else if (nowNanos - failedNanos >= delayNanos) {
      // Only a trial counts; the batches that were in flight at the first failure fail with it.
      delayNanos = Math.min(2 * delayNanos, MOST_NANOS);
    }
    failedNanos = nowNanos;
    probedNanos = nowNanos;
    atFailure = lower.stats();
  }

  void succeeded() {
    delayNanos = 0;
  }

  /** Whether the last batch failed, so that the next one is a trial. */
  boolean isTrial() {
    return delayNanos > 0;
  }

  boolean isBlocked(long nowNanos) {
    if (delayNanos == 0 || nowNanos - failedNanos >= delayNanos) {
      return false;
    }
    if (nowNanos - probedNanos < FIRST_NANOS) {
      return true;
    }
    probedNanos = nowNanos;
    TierStats now = lower.stats();
    boolean better =
        now.state() == TierState.OPEN
            && (atFailure.state() != TierState.OPEN
                || now.limitBytes() - now.usedBytes()
                    > atFailure.limitBytes() - atFailure.usedBytes());
    return !better;
  }
}
