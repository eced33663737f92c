// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one limit of a pool: frames of zspages and pages of tables are taken out of it.
 *
 * <p>Frames and tables have address ranges of their own, because a table page must never become
 * anything else: readers compare and set handle words in it without a lock. A table may keep one
 * free page, so that storing and freeing in turn do not ask the system each time; the others go
 * back to it at once. Thread-safe; nothing but the monitors of {@link FreeRegions} is locked here.
 */
final class Room implements AutoCloseable {
  static final int NONE = FreeRegions.NONE;

  /** Page of a table, a page of the operating system. */
  static final int TABLE_PAGE_BYTES = 4096;

  private static final int FRAMES_PER_RESERVED_FRAME = 32;
  private static final int LEAST_RESERVE = 2;

  private final long maxBytes;
  private final int frameBytes;
  private final int reserveFrames;
  private final MemoryBudget budget;
  private final OffHeapMemory frameMemory;
  private final FreeRegions frames;
  private final List<FreeRegions> tables = new ArrayList<>();
  private final AtomicLong tableBytes = new AtomicLong();

  Room(ZsmallocSettings settings, int longestChain, MemoryBudget budget) {
    maxBytes = settings.maxBytes();
    frameBytes = settings.pageBytes();
    this.budget = budget;
    int count = (int) (maxBytes / frameBytes);
    // A second chance may need a zspage, while compaction needs nothing but slots that are free.
    reserveFrames =
        Math.max(LEAST_RESERVE, Math.min(2 * longestChain, count / FRAMES_PER_RESERVED_FRAME));
    // No huge pages: single frames are given back to the system.
    frameMemory = new OffHeapMemory((long) count * frameBytes, false);
    frames = new FreeRegions(count, frameBytes, reserveFrames, frameMemory, budget);
    if (settings.preTouch()) {
      frames.preTouch();
    }
  }

  OffHeapMemory frameMemory() {
    return frameMemory;
  }

  /** Takes a frame, or answers {@link #NONE}. */
  int takeFrame(StoreIntent intent) {
    long left = maxBytes - usedBytes() - frameBytes;
    return left < keptBack(intent) ? NONE : frames.take(intent);
  }

  private long keptBack(StoreIntent intent) {
    return switch (intent) {
      case PROMOTION -> 3L * reserveFrames * frameBytes;
      case PUT -> (long) reserveFrames * frameBytes;
      case RECLAIM, SPARE -> 0;
    };
  }

  void putFrame(int frame) {
    frames.put(frame);
  }

  /** Takes a page of a table, or answers {@link #NONE}. */
  int takeTablePage(FreeRegions table, StoreIntent intent) {
    long left = limitBytes() - usedBytes() - TABLE_PAGE_BYTES;
    if (left < keptBack(intent)) {
      return NONE;
    }
    int page = table.take(StoreIntent.RECLAIM);
    if (page == NONE && frames.release(TABLE_PAGE_BYTES) > 0) {
      // To the table, spare frames are memory that others hold.
      page = table.take(StoreIntent.RECLAIM);
    }
    tableBytes.addAndGet(page == NONE ? 0 : TABLE_PAGE_BYTES);
    return page;
  }

  void putTablePage(FreeRegions table, int page, boolean keep) {
    tableBytes.addAndGet(-TABLE_PAGE_BYTES);
    table.put(page);
    if (!keep) {
      table.release(TABLE_PAGE_BYTES);
    }
  }

  /** Free regions of a table, charged to the same budget. */
  FreeRegions tableRegions(int count, OffHeapMemory memory) {
    FreeRegions table = new FreeRegions(count, TABLE_PAGE_BYTES, 0, memory, budget);
    tables.add(table);
    return table;
  }

  boolean mayTakeFrame(StoreIntent intent) {
    return maxBytes - usedBytes() - frameBytes >= keptBack(intent) && frames.mayTake(intent);
  }

  long releaseSpare(long bytes) {
    long released = frames.release(bytes);
    for (FreeRegions table : tables) {
      released += table.release(bytes - released);
    }
    return released;
  }

  long usedBytes() {
    return frames.usedBytes() + tableBytes.get();
  }

  long limitBytes() {
    return Math.min(maxBytes, frames.limitBytes() + tableBytes.get());
  }

  long putLimitBytes() {
    return Math.max(0, limitBytes() - keptBack(StoreIntent.PUT));
  }

  @Override
  public void close() {
    frames.close();
    frameMemory.close();
    tableBytes.set(0);
  }
}
