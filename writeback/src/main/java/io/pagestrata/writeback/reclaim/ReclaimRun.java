// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.movement.WritebackRequest;
import java.util.concurrent.CompletableFuture;

/**
 * One run of reclaim from its start to its stop: why it runs, how far, and what it did. Owned by
 * the reclaiming thread; the future of a request may be waited for by anyone.
 */
final class ReclaimRun {
  /** Why it runs. */
  enum Reason {
    WATERMARK("watermark"),
    IDLE_AGE("idle-age"),
    REQUEST("request");

    final String label;

    Reason(String label) {
      this.label = label;
    }
  }

  /** How it ended. */
  enum Outcome {
    REACHED("reached"),
    NOTHING_LEFT("nothing-left"),
    NOTHING_FREED("nothing-freed"),
    REFUSED("refused"),
    PREEMPTED("preempted"),
    SHUTDOWN("shutdown");

    final String label;

    Outcome(String label) {
      this.label = label;
    }

    boolean isFutile() {
      return this == NOTHING_LEFT || this == NOTHING_FREED;
    }
  }

  /** Some 73 years; more could wrap around. */
  private static final long LONGEST_AGE_NANOS = Long.MAX_VALUE / 4;

  final Reason reason;
  final long mostBytes;
  final long untouchedForNanos;
  final CompletableFuture<Long> leftPages = new CompletableFuture<>();
  long startNanos;
  long startLeftBytes;
  long startLeftPages;
  long startFailures;
  long regions;
  boolean told;

  private ReclaimRun(Reason reason, long mostBytes, long untouchedForNanos) {
    this.reason = reason;
    this.mostBytes = mostBytes;
    this.untouchedForNanos = untouchedForNanos;
  }

  static ReclaimRun toLowWatermark() {
    return new ReclaimRun(Reason.WATERMARK, Long.MAX_VALUE, 0);
  }

  static ReclaimRun ofIdle(long untouchedForNanos) {
    return new ReclaimRun(Reason.IDLE_AGE, Long.MAX_VALUE, untouchedForNanos);
  }

  static ReclaimRun of(WritebackRequest request) {
    long nanos;
    try {
      nanos = request.untouchedFor().toNanos();
    } catch (ArithmeticException e) {
      nanos = Long.MAX_VALUE;
    }
    return new ReclaimRun(Reason.REQUEST, request.mostBytes(), nanos);
  }

  /** Regions must be filled before this time of the clock. */
  long untouchedSinceNanos(long nowNanos) {
    return untouchedForNanos == 0
        ? Long.MAX_VALUE
        : nowNanos - Math.min(untouchedForNanos, LONGEST_AGE_NANOS);
  }

  /** A request for everything means hot pages too. */
  boolean forcesFromTheStart() {
    return reason == Reason.REQUEST && mostBytes == Long.MAX_VALUE && untouchedForNanos == 0;
  }
}
