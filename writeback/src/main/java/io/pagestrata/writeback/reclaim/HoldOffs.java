// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.writeback.reclaim.ReclaimRun.Outcome;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps runs with the same aim that free nothing from following each other: 1 ms after the first,
 * twice as long after each further one, 1 s at most. A tenant whose pages cannot go so holds up
 * neither the others nor the watermark. Owned by the reclaiming thread.
 */
final class HoldOffs {
  private static final long LEAST_NANOS = 1_000_000L;
  private static final long MOST_NANOS = 1_000_000_000L;

  private record HoldOff(long nanos, long sinceNanos) {}

  private final Map<ReclaimAim, HoldOff> byAim = new HashMap<>();

  boolean isOver(ReclaimAim aim, long nowNanos) {
    HoldOff hold = byAim.get(aim);
    return hold == null || nowNanos - hold.sinceNanos >= hold.nanos;
  }

  void ended(ReclaimRun run, Outcome outcome, boolean freedSome, long nowNanos) {
    if (!run.reason.isRepeated() || outcome == Outcome.PREEMPTED) {
      return;
    }
    if (!outcome.isFutile()) {
      byAim.remove(run.aim);
      return;
    }
    HoldOff before = byAim.get(run.aim);
    long nanos =
        freedSome || before == null
            ? LEAST_NANOS
            : Math.min(Math.max(2 * before.nanos, LEAST_NANOS), MOST_NANOS);
    byAim.put(run.aim, new HoldOff(nanos, nowNanos));
  }
}
