// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.movement.ReclaimNeed;
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
    REQUEST("request"),
    REPATRIATION("repatriation"),
    TENANT_LIMIT("tenant-limit"),
    INCOMPRESSIBLE("incompressible");

    final String label;

    Reason(String label) {
      this.label = label;
    }

    /** Whether the same run comes again by itself for as long as its cause lasts. */
    boolean isRepeated() {
      return this == WATERMARK || isNeed();
    }

    /** Whether it is for one tenant or kind of page, and must not hold up the others. */
    boolean isNeed() {
      return this == TENANT_LIMIT || this == INCOMPRESSIBLE;
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
      return this == NOTHING_LEFT || this == NOTHING_FREED || this == REFUSED;
    }
  }

  /** What a run to the watermark is after. */
  static final ReclaimAim BY_AGE_AND_SHARE = ReclaimAim.ANY.fair(true);

  /** Some 73 years; more could wrap around. */
  private static final long LONGEST_AGE_NANOS = Long.MAX_VALUE / 4;

  final Reason reason;
  final long mostBytes;
  final long mostPages;
  final long untouchedForNanos;
  final ReclaimAim aim;

  /** Zpage bytes that the aim can find; {@link Long#MAX_VALUE} for all that the tier holds. */
  final long heldBytes;

  final CompletableFuture<Long> leftPages = new CompletableFuture<>();
  long startNanos;
  long startLeftBytes;
  long startLeftPages;
  long startFailures;
  long claimedPages;
  long regions;
  boolean told;

  private ReclaimRun(
      Reason reason,
      long mostBytes,
      long mostPages,
      long untouchedForNanos,
      ReclaimAim aim,
      long heldBytes) {
    this.reason = reason;
    this.mostBytes = mostBytes;
    this.mostPages = mostPages;
    this.untouchedForNanos = untouchedForNanos;
    this.aim = aim;
    this.heldBytes = heldBytes;
  }

  private static ReclaimRun withoutLimit(Reason reason, long untouchedForNanos, ReclaimAim aim) {
    return new ReclaimRun(
        reason, Long.MAX_VALUE, Long.MAX_VALUE, untouchedForNanos, aim, Long.MAX_VALUE);
  }

  static ReclaimRun toLowWatermark() {
    return withoutLimit(Reason.WATERMARK, 0, BY_AGE_AND_SHARE);
  }

  static ReclaimRun ofIdle(long untouchedForNanos) {
    return withoutLimit(Reason.IDLE_AGE, untouchedForNanos, ReclaimAim.ANY);
  }

  static ReclaimRun home(long bytes) {
    return new ReclaimRun(
        Reason.REPATRIATION, bytes, Long.MAX_VALUE, 0, ReclaimAim.ANY, Long.MAX_VALUE);
  }

  static ReclaimRun of(Reason reason, ReclaimNeed need) {
    return new ReclaimRun(
        reason, need.leaveBytes(), Long.MAX_VALUE, 0, need.aim(), need.heldBytes());
  }

  static ReclaimRun of(WritebackRequest request) {
    long nanos;
    try {
      nanos = request.untouchedFor().toNanos();
    } catch (ArithmeticException e) {
      nanos = Long.MAX_VALUE;
    }
    return new ReclaimRun(
        Reason.REQUEST,
        request.mostBytes(),
        request.mostPages(),
        nanos,
        request.tenant().map(ReclaimAim::ofTenant).orElse(ReclaimAim.ANY),
        Long.MAX_VALUE);
  }

  /** Regions must be filled before this time of the clock. */
  long untouchedSinceNanos(long nowNanos) {
    return untouchedForNanos == 0
        ? Long.MAX_VALUE
        : nowNanos - Math.min(untouchedForNanos, LONGEST_AGE_NANOS);
  }

  /** A request for everything means hot pages too, and these are no safer. */
  boolean forcesFromTheStart() {
    return reason == Reason.REPATRIATION
        || reason == Reason.REQUEST
            && mostBytes == Long.MAX_VALUE
            && mostPages == Long.MAX_VALUE
            && untouchedForNanos == 0;
  }
}
