// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.latency.LatencyHistogram;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The lanes of a store: at most 64, made when first needed, charged to the budget.
 *
 * <p>They are also its gate: an operation runs only with a lane, so when {@link #close} has
 * collected every lane, none is under way and memory may be released. A thread begins its search at
 * a place of its own and so mostly meets its last lane again. Thread-safe.
 */
final class Lanes {
  /** More than this many operations at once wait for each other; each may hold a read from disk. */
  static final int MOST = 64;

  private static final long WAIT_NANOS = 20_000;

  private final AtomicReferenceArray<Lane> free = new AtomicReferenceArray<>(MOST);
  private final AtomicReference<Lane[]> made = new AtomicReference<>(new Lane[0]);
  private final AtomicReference<StoreState> state;
  private final MemoryBudget budget;
  private final PageHierarchy hierarchy;
  private final boolean verifyRam;
  private final int scratchBytes;
  private final CodecTable codecTable;

  Lanes(
      AtomicReference<StoreState> state,
      MemoryBudget budget,
      PageHierarchy hierarchy,
      boolean verifyRam,
      int scratchBytes,
      CodecTable codecTable) {
    this.state = state;
    this.budget = budget;
    this.hierarchy = hierarchy;
    this.verifyRam = verifyRam;
    this.scratchBytes = scratchBytes;
    this.codecTable = codecTable;
  }

  Lane borrow() {
    while (true) {
      Lane lane = tryBorrow();
      if (lane != null) {
        return lane;
      }
      LockSupport.parkNanos(this, WAIT_NANOS);
    }
  }

  private Lane findFree() {
    int start = (int) (Thread.currentThread().getId() * 0x9e37_79b9_7f4a_7c15L >>> 58);
    for (int i = 0; i < MOST; i++) {
      int slot = start + i & MOST - 1;
      if (free.getPlain(slot) != null) {
        Lane lane = free.getAndSet(slot, null);
        if (lane != null) {
          return lane;
        }
      }
    }
    return null;
  }

  /** A lane if one is free or can be made, else null: for threads that must not wait. */
  Lane tryBorrow() {
    Lane lane = findFree();
    lane = lane == null ? make() : lane;
    if (lane == null && !isOpen()) {
      throw new StoreClosedException();
    }
    return lane == null ? null : checkedOpen(lane);
  }

  /** Whether operations may begin, and long ones go on. */
  boolean isOpen() {
    return state.get() == StoreState.OPEN;
  }

  private Lane checkedOpen(Lane lane) {
    if (!isOpen()) {
      giveBack(lane);
      throw new StoreClosedException();
    }
    return lane;
  }

  void giveBack(Lane lane) {
    for (int slot = lane.home; ; slot = slot + 1 & MOST - 1) {
      if (free.getPlain(slot) == null && free.compareAndSet(slot, null, lane)) {
        return;
      }
    }
  }

  /** A new lane, or null; those who wait for one of 64 that are out take no lock. */
  private Lane make() {
    return made.get().length == MOST ? null : makeUnlessEnough();
  }

  private synchronized Lane makeUnlessEnough() {
    Lane[] known = made.get();
    if (known.length == MOST || !isOpen()) {
      return null;
    }
    boolean charged = budget.tryCharge(laneBytes());
    // The first lane is made whatever the budget says: without one nothing could be freed.
    if (!charged && known.length > 0) {
      return null;
    }
    int home = (int) (Thread.currentThread().getId() * 0x9e37_79b9_7f4a_7c15L >>> 58);
    Lane lane = null;
    try {
      lane = new Lane(home, hierarchy, verifyRam, scratchBytes, codecTable);
    } finally {
      if (lane == null && charged) {
        budget.release(laneBytes());
      }
    }
    Lane[] grown = Arrays.copyOf(known, known.length + 1);
    grown[known.length] = lane;
    made.set(grown);
    return lane;
  }

  long sum(Counter counter) {
    long sum = 0;
    for (Lane lane : made.get()) {
      sum += lane.counted(counter);
    }
    return sum;
  }

  LatencyHistogram latency(int tier) {
    LatencyHistogram sum = new LatencyHistogram();
    for (Lane lane : made.get()) {
      lane.latencyByTier[tier].addTo(sum);
    }
    return sum;
  }

  private long laneBytes() {
    return Lane.memoryBytes(hierarchy.pageBytes(), scratchBytes);
  }

  /**
   * Collects every lane after the state left OPEN, and closes it.
   *
   * @return false when operations were still under way after the wait
   */
  boolean close(long waitNanos) {
    Lane[] all;
    synchronized (this) {
      all = made.get();
    }
    long deadline = System.nanoTime() + waitNanos;
    int collected = 0;
    while (collected < all.length) {
      int before = collected;
      for (int slot = 0; slot < MOST; slot++) {
        Lane lane = free.getAndSet(slot, null);
        if (lane != null) {
          lane.close();
          collected++;
        }
      }
      if (collected == before) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        LockSupport.parkNanos(this, WAIT_NANOS);
      }
    }
    return true;
  }
}
