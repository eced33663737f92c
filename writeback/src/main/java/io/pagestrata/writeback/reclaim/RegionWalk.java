// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.ReclaimAim;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.agent.Pause;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.monitor.Reporting;
import io.pagestrata.writeback.pipeline.BatchSink;
import io.pagestrata.writeback.pipeline.TierStep;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Collects the zpages of one region after the other into batches.
 *
 * <p>A zpage is only claimed when a batch has room for it, so a claimed one is always in a batch. A
 * region goes into the batch that is open when its walk ends: batches end in order, so all its
 * zpages have ended when that batch has. Therefore a full batch is handed over only once the next
 * one can be claimed, and while a walk lasts there always is an open batch.
 *
 * <p>When nothing can go down (nothing lies below, or it refuses batches), a walk <em>sifts</em>:
 * it aims at what needs no write. A sifted region in which something stays is held back until
 * {@link #release}; settled earlier it would be shown again as the oldest, and the regions behind
 * it never. Owned by the reclaiming thread.
 */
final class RegionWalk implements ZpageVisitor {
  /** What a walk does with a zpage that must be written. */
  enum Mode {
    /** Collects into as many batches as it takes. */
    COLLECT,
    /** Collects into the open batch alone, to try whether the tier below is well again. */
    TRIAL,
    /** Leaves it where it is. */
    SIFT
  }

  /** A zpage that no entry names yet looks dead for a moment, one with a damaged key for ever. */
  private static final int MOST_DEAD_SHOWS = 1000;

  /** Longest wait for a free slot inside a walk; the rest of the region is left for later then. */
  private static final long SLOT_WAIT_NANOS = 100_000_000L;

  private final int tier;
  private final Hierarchy hierarchy;
  private final UpperTier upper;
  private final BatchSink sink;
  private final MovementCounters counters;
  private final Monitor monitor;
  private final LongSupplier nanoClock;
  private final Pause pause;
  private volatile boolean closing;

  private final HeldRegions held;
  private long heldFreedBytes;
  private ZpageBatch open;
  private long openSinceNanos;
  private boolean force;
  private Mode mode = Mode.COLLECT;
  private ReclaimAim aim = ReclaimAim.ANY;
  private boolean home;
  private boolean somethingStays;
  private long mostBytes;
  private long mostPages;
  private long leavingPages;
  private long movedBytes;
  private boolean stopped;
  private long takenBytes;
  private long evictedBytes;
  private long shownBytes;
  private long deadBytes;
  private long deadRegion = UpperTier.NOTHING;
  private int deadShows;
  private final long[] pagesByClaim = new long[Claim.values().length];

  RegionWalk(TierStep step, BatchSink sink, Reporting reporting, AgentTime time) {
    this.sink = sink;
    tier = step.tier();
    hierarchy = step.hierarchy();
    upper = step.upper();
    held = new HeldRegions(upper);
    counters = reporting.counters();
    monitor = reporting.monitor();
    nanoClock = time.nanoClock();
    pause = time.pause();
  }

  /** Makes the walk under way, and all later ones, stop before the next zpage. Thread-safe. */
  void close() {
    closing = true;
  }

  /**
   * Says which zpages the walks that follow are after.
   *
   * @param fromShaky only those that a revocable tier wants to be rid of
   */
  void aimAt(ReclaimAim next, boolean fromShaky) {
    aim = next;
    home = fromShaky;
  }

  /** Bytes that were stored once more since they may not leave. */
  long movedBytes() {
    return movedBytes;
  }

  /** Zpages of the last walk that left or are on their way. */
  long leavingPages() {
    return leavingPages;
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
   * Asks the tier for one step and walks the region it shows. Only with an open batch, unless it
   * sifts.
   *
   * @param force takes referenced zpages too
   * @param mostBytes stops when so many bytes are on their way out
   * @param mostPages stops when so many zpages are
   * @return the answer of the tier
   */
  long walk(long untouchedSinceNanos, boolean force, Mode mode, long mostBytes, long mostPages) {
    this.force = force;
    this.mode = mode;
    somethingStays = false;
    this.mostBytes = mostBytes;
    this.mostPages = mostPages;
    leavingPages = 0;
    movedBytes = 0;
    hierarchy.aim(tier, mode == Mode.SIFT ? aim.withoutWriting() : aim);
    stopped = false;
    takenBytes = 0;
    evictedBytes = 0;
    shownBytes = 0;
    deadBytes = 0;
    long region =
        home
            ? ((RevocableTier) upper).repatriate(this)
            : hierarchy.reclaim(tier, this, untouchedSinceNanos);
    if (region >= 0) {
      condemnIfStuck(region);
      if (takenBytes > 0) {
        open.addRegion(region);
      } else if (somethingStays) {
        held.hold(region);
        heldFreedBytes += evictedBytes;
      } else {
        upper.settle(region);
      }
      count();
    }
    return region;
  }

  @Override
  public void visit(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (stopped || takenBytes + evictedBytes >= mostBytes || leavingPages >= mostPages) {
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
    // What is passed by says nothing about how hot the others are.
    shownBytes += isPassedBy(claim) ? 0 : bytes;
    pagesByClaim[claim.ordinal()]++;
    switch (claim) {
      case TAKEN -> take(memory, offset, bytes, locator, backing);
      case EVICTED_CLEAN, DROPPED -> {
        evictedBytes += bytes;
        leavingPages++;
      }
      case STAYS, DAMAGED -> somethingStays = true;
      case MOVED -> movedBytes += bytes;
      case DEAD -> deadBytes += bytes;
      case SECOND_CHANCE, USED -> {
        // It takes as much at the young end as it gives up here.
      }
    }
  }

  private static boolean isPassedBy(Claim claim) {
    return claim == Claim.STAYS
        || claim == Claim.DAMAGED
        || claim == Claim.MOVED
        || claim == Claim.USED;
  }

  /**
   * A region in which everything is dead is free, so it is not shown again. One that is must hold
   * something that its headers do not tell; left where it is, it would keep reclaim from all
   * younger ones.
   */
  private void condemnIfStuck(long region) {
    boolean onlyDead =
        !stopped && !somethingStays && movedBytes == 0 && deadBytes > 0 && deadBytes == shownBytes;
    if (!onlyDead || region != deadRegion) {
      deadRegion = onlyDead ? region : UpperTier.NOTHING;
      deadShows = 0;
    } else if (++deadShows == MOST_DEAD_SHOWS) {
      upper.condemn(region);
    }
  }

  private void take(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
    if (open.count() == 0) {
      openSinceNanos = nanoClock.getAsLong();
    }
    open.add(memory, offset, bytes, locator, backing);
    takenBytes += bytes;
    leavingPages++;
  }

  /** Settles the regions that were held back. */
  void release() {
    held.release();
    heldFreedBytes = 0;
  }

  /** Bytes that were evicted from regions held back, and that the tier cannot count as free yet. */
  long heldFreedBytes() {
    return heldFreedBytes;
  }

  private boolean makeRoom(int bytes) {
    if (closing) {
      return false;
    }
    if (mode == Mode.SIFT || open.hasRoom(bytes)) {
      return true;
    }
    if (mode == Mode.TRIAL || !awaitFreeSlot()) {
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
    counters.add(Movement.CLEAN_EVICTIONS, drain(Claim.EVICTED_CLEAN));
    counters.add(Movement.DROPPED_PAGES, drain(Claim.DROPPED));
    counters.add(Movement.SECOND_CHANCES, drain(Claim.SECOND_CHANCE) + drain(Claim.MOVED));
    counters.add(Movement.DEAD_SKIPPED, drain(Claim.DEAD));
    counters.add(Movement.DAMAGED_PAGES, drain(Claim.DAMAGED));
    drain(Claim.TAKEN);
    drain(Claim.STAYS);
    drain(Claim.USED);
  }

  private long drain(Claim claim) {
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
