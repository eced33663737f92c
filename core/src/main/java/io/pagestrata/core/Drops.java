// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.movement.DropStats;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts the pages of ephemeral pools that went without being asked to, by reason. Thread-safe. */
final class Drops {
  /** Why a page went. */
  enum Reason {
    /** A tier was short of room. */
    SPACE,
    /** Reclaim was after pages of its tenant, at a limit of that or on request. */
    TENANT,
    /** A put over it was refused, and stale content must not stay. */
    REFUSED_PUT,
    /** Its pool was destroyed. */
    POOL_DESTROYED,
    /** Its only copy was damaged or gone. */
    LOST
  }

  private final AtomicLongArray byReason = new AtomicLongArray(Reason.values().length);

  void count(Reason reason, long pages) {
    byReason.addAndGet(reason.ordinal(), pages);
  }

  DropStats stats() {
    return new DropStats(
        counted(Reason.SPACE),
        counted(Reason.TENANT),
        counted(Reason.REFUSED_PUT),
        counted(Reason.POOL_DESTROYED),
        counted(Reason.LOST));
  }

  private long counted(Reason reason) {
    return byReason.get(reason.ordinal());
  }
}
