// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.writeback.agent.Pause;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.pipeline.BatchSink;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Collects the zpages of one region after the other into batches.
 *
 * <p>A zpage is only claimed when a batch has room for it, so a claimed one is always in a batch. A
 * region goes into the batch that is open when its walk ends: batches end in order, so all its
 * zpages have ended when that batch has. Therefore a full batch is handed over only once the next
 * one can be claimed, and while a walk lasts there always is an open batch. Owned by the reclaiming
 * thread.
 */
final class RegionWalk implements ZpageVisitor {
  /** Longest wait for a free slot inside a walk; the rest of the region is left for later then. */
  private static final long SLOT_WAIT_NANOS = 100_000_000L;

  private final int tier;
  private final Hierarchy hierarchy;
  private final UpperTier upper;
  private final boolean lowest;
  private final BatchSink sink;
  private final MovementCounters counters;
  private final Monitor monitor;
  private final LongSupplier nanoClock;
  private final Pause pause;
  private volatile boolean closing;

  private ZpageBatch open;
  private long openSinceNanos;
  private boolean force;
  private boolean oneBatchOnly;
  private long mostBytes;
  private boolean stopped;
  private long takenBytes;
  private long evictedBytes;
  private long shownBytes;
  private long deadBytes;
  private final long[] pagesByClaim = new long[Claim.values().length];

  RegionWalk(
      int tier,
      Hierarchy hierarchy,
      BatchSink sink,
      MovementCounters counters,
      Monitor monitor,
      LongSupplier nanoClock,
      Pause pause) {
    this.tier = tier;
    this.hierarchy = hierarchy;
    this.upper = hierarchy.upperTier(tier);
    this.lowest = tier + 1 == hierarchy.tierCount();
    this.sink = sink;
    this.counters = counters;
    this.monitor = monitor;
    this.nanoClock = nanoClock;
    this.pause = pause;
  }

  /** Makes the walk under way, and all later ones, stop before the next zpage. Thread-safe. */
  void close() {
    closing = true;
  }

  /** Opens a batch unless one is open; answers false when no slot is free. */
  boolean openBatch() {
    if (open == null) {
      if (!sink.hasFreeSlot()) {
        return false;
      }
      open = sink.claim();
    }
    return true;
  }

  /**
   * Asks the tier for one step and collects the region it shows. Only with an open batch.
   *
   * @param force takes referenced zpages too
   * @param oneBatchOnly stops when the open batch is full, for a trial
   * @param mostBytes stops when so many bytes are on their way out
   * @return the answer of the tier
   */
  long walk(long untouchedSinceNanos, boolean force, boolean oneBatchOnly, long mostBytes) {
    this.force = force;
    this.oneBatchOnly = oneBatchOnly;
    this.mostBytes = mostBytes;
    stopped = false;
    takenBytes = 0;
    evictedBytes = 0;
    shownBytes = 0;
    deadBytes = 0;
    long region = upper.reclaim(this, untouchedSinceNanos);
    if (region >= 0) {
      if (takenBytes > 0) {
        open.addRegion(region);
      } else {
        upper.settle(region);
      }
      count();
    }
    return region;
  }

  @Override
  public void visit(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (stopped || takenBytes + evictedBytes >= mostBytes) {
      return;
    }
    if (!makeRoom(bytes)) {
      stopped = true;
      return;
    }
    Claim claim;
    try {
      claim = hierarchy.claim(tier, memory, offset, bytes, locator, backing, force);
    } catch (RuntimeException | Error e) {
      // Thrown through the tier it would leave the region unsettled, and its zpages in flight.
      monitor.error("reclaim-" + upper.name(), e);
      stopped = true;
      return;
    }
    shownBytes += bytes;
    pagesByClaim[claim.ordinal()]++;
    switch (claim) {
      case TAKEN -> {
        if (open.count() == 0) {
          openSinceNanos = nanoClock.getAsLong();
        }
        open.add(memory, offset, bytes, locator);
        takenBytes += bytes;
      }
      case EVICTED_CLEAN, DROPPED -> evictedBytes += bytes;
      // In the lowest tier persistent zpages, which cannot leave, are called dead too.
      case DEAD -> deadBytes += lowest ? 0 : bytes;
      case SECOND_CHANCE -> {
        // It takes as much at the young end as it gives up here.
      }
    }
  }

  private boolean makeRoom(int bytes) {
    if (closing) {
      return false;
    }
    if (open.hasRoom(bytes)) {
      return true;
    }
    if (oneBatchOnly || !awaitFreeSlot()) {
      return false;
    }
    sink.publish();
    open = sink.claim();
    return true;
  }

  private boolean awaitFreeSlot() {
    long start = nanoClock.getAsLong();
    while (!sink.hasFreeSlot()) {
      if (closing || nanoClock.getAsLong() - start >= SLOT_WAIT_NANOS) {
        return false;
      }
      pause.pause();
    }
    return true;
  }

  private void count() {
    counters.add(Movement.LEFT_BYTES, evictedBytes);
    counters.add(Movement.CLEAN_EVICTIONS, take(Claim.EVICTED_CLEAN));
    counters.add(Movement.DROPPED_PAGES, take(Claim.DROPPED));
    counters.add(Movement.SECOND_CHANCES, take(Claim.SECOND_CHANCE));
    counters.add(Movement.DEAD_SKIPPED, take(Claim.DEAD));
    take(Claim.TAKEN);
  }

  private long take(Claim claim) {
    long pages = pagesByClaim[claim.ordinal()];
    pagesByClaim[claim.ordinal()] = 0;
    return pages;
  }

  /** Hands the open batch over if it holds anything; answers whether it did. */
  boolean flush() {
    if (open == null || open.count() == 0 && open.regionCount() == 0) {
      return false;
    }
    sink.publish();
    open = null;
    return true;
  }

  boolean isOlderThan(long ageNanos) {
    return open != null && open.count() > 0 && nanoClock.getAsLong() - openSinceNanos >= ageNanos;
  }

  long openBytes() {
    return open == null ? 0 : open.bytes();
  }

  long shownBytes() {
    return shownBytes;
  }

  /** Bytes of the region that will be free: they left, are on their way, or were dead. */
  long gainedBytes() {
    return takenBytes + evictedBytes + deadBytes;
  }
}
