// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.ages.Links;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.nio.ByteBuffer;

/**
 * The memory of the frames, narrow and wide ones apart, and which frames are free.
 *
 * <p>Both kinds share one limit. Spare memory of one kind is given back when the other needs it, so
 * what sizes were common before does not matter. Thread-safe, but frames are taken by one thread at
 * a time.
 */
final class FrameMemory {
  /** Share of all frames that puts leave for reclaim. */
  private static final int RESERVE_DIVISOR = 64;

  private static final int LEAST_RESERVE = 2;
  private static final int MOST_RESERVE = 64;
  private static final int PROMOTION_KEEPS_RESERVES = 3;

  private final FrameLayout layout;
  private final MemoryBudget budget;
  private final OffHeapMemory narrowMemory;
  private final OffHeapMemory wideMemory;
  private final ByteBuffer[] narrowSlabs;
  private final ByteBuffer[] wideSlabs;
  private final FreeRegions narrow;
  private final FreeRegions wide;
  private final long reserveBytes;
  private boolean closed;

  FrameMemory(FrameLayout layout, MemoryBudget budget) {
    this.layout = layout;
    this.budget = budget;
    if (!budget.tryCharge(layout.tableBytes())) {
      throw new IllegalArgumentException(
          "RAM tier: no room for the tables of zpool zbud, " + layout.tableBytes() + " bytes");
    }
    int pageBytes = layout.pageBytes;
    // Without huge pages: frames are given back one by one.
    narrowMemory = new OffHeapMemory((long) layout.narrowFrames * pageBytes, false);
    wideMemory = new OffHeapMemory((long) layout.wideFrames * 2 * pageBytes, false);
    narrowSlabs = narrowMemory.slabs();
    wideSlabs = wideMemory.slabs();
    narrow = new FreeRegions(layout.narrowFrames, pageBytes, 0, narrowMemory, budget);
    wide = new FreeRegions(layout.wideFrames, 2 * pageBytes, 0, wideMemory, budget);
    int reserve =
        Math.max(LEAST_RESERVE, Math.min(MOST_RESERVE, layout.narrowFrames / RESERVE_DIVISOR));
    reserveBytes = (long) reserve * pageBytes;
  }

  void preTouch() {
    narrow.preTouch();
  }

  /** Takes a frame, or answers {@link Links#NONE} when this intent must leave what there is. */
  int take(boolean isWide, StoreIntent intent) {
    FreeRegions own = isWide ? wide : narrow;
    int bytes = isWide ? 2 * layout.pageBytes : layout.pageBytes;
    if (!mayTake(bytes, intent)) {
      return Links.NONE;
    }
    int region = own.take(StoreIntent.RECLAIM);
    if (region == FreeRegions.NONE && (isWide ? narrow : wide).release(bytes) > 0) {
      region = own.take(StoreIntent.RECLAIM);
    }
    if (region == FreeRegions.NONE) {
      return Links.NONE;
    }
    return isWide ? layout.narrowFrames + region : region;
  }

  private boolean mayTake(int bytes, StoreIntent intent) {
    long kept =
        switch (intent) {
          case PROMOTION -> PROMOTION_KEEPS_RESERVES * reserveBytes;
          case PUT -> reserveBytes;
          case RECLAIM, SPARE -> 0;
        };
    return usedBytes() + bytes + kept <= limitBytes();
  }

  /** Whether puts are refused a frame. */
  boolean isFull() {
    return !mayTake(layout.pageBytes, StoreIntent.PUT);
  }

  void put(int frame) {
    if (layout.isWide(frame)) {
      wide.put(frame - layout.narrowFrames);
    } else {
      narrow.put(frame);
    }
  }

  long release(long bytes) {
    long released = narrow.release(bytes);
    return released + wide.release(bytes - released);
  }

  long usedBytes() {
    return narrow.usedBytes() + wide.usedBytes();
  }

  long limitBytes() {
    long others = budget.usedBytes() - narrow.chargedBytes() - wide.chargedBytes();
    long left = Math.max(0, budget.limitBytes() - Math.max(0, others));
    return Math.min(
        (long) layout.narrowFrames * layout.pageBytes, left / layout.pageBytes * layout.pageBytes);
  }

  long putLimitBytes() {
    return Math.max(0, limitBytes() - reserveBytes);
  }

  ByteBuffer slab(int frame) {
    long start = start(frame);
    ByteBuffer[] slabs = layout.isWide(frame) ? wideSlabs : narrowSlabs;
    return slabs[(int) (start / OffHeapMemory.SLAB_BYTES)];
  }

  /** First byte of a frame in its slab. */
  int slabOffset(int frame) {
    return (int) (start(frame) % OffHeapMemory.SLAB_BYTES);
  }

  private long start(int frame) {
    return layout.isWide(frame)
        ? (long) (frame - layout.narrowFrames) * 2 * layout.pageBytes
        : (long) frame * layout.pageBytes;
  }

  void close() {
    if (!closed) {
      closed = true;
      narrow.close();
      wide.close();
      narrowMemory.close();
      wideMemory.close();
      budget.release(layout.tableBytes());
    }
  }
}
