// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.nio.ByteBuffer;

/**
 * A table of small records of one size in pages of its own, which are taken when records are needed
 * and given back when all of their records are free.
 *
 * <pre>
 * page    0                2       4          8      12       16
 *         | first free + 1 | taken | ever     | prev | next   | records ...
 *         | u16            | u16   | taken    | i32  | i32    |
 * </pre>
 *
 * <p>A free record keeps the number of the next free one in its first two bytes; the rest of it
 * stays as its last owner left it, until its page is given back. Guarded by the lock of the owner,
 * but for {@link #isInTable} and the bytes of records.
 */
final class RecordPages implements AutoCloseable {
  static final int NONE = -1;
  static final int HEADER_BYTES = 16;

  private static final int TAKEN = 2;
  private static final int EVER = 4;
  private static final int PREVIOUS = 8;
  private static final int NEXT = 12;
  private static final int PAGES_OF_SLAB = OffHeapMemory.SLAB_BYTES / Room.TABLE_PAGE_BYTES;
  private static final ByteBuffer EMPTY_PAGE = ByteBuffer.allocateDirect(Room.TABLE_PAGE_BYTES);

  private final Room room;
  private final int recordsOfPage;
  private final int recordBytes;
  private final OffHeapMemory memory;
  private final ByteBuffer[] slabs;
  private final FreeRegions pages;
  private int firstWithRoom = NONE;
  private boolean keepsFreePage;

  /** Pages up to here have been in use, and what lies in them are records. */
  private volatile int pagesEverUsed;

  /** Cuts pages into records; {@code recordBytes} is what lies between the starts of two. */
  RecordPages(Room room, int maxPages, int recordsOfPage, int recordBytes) {
    this.room = room;
    this.recordsOfPage = recordsOfPage;
    this.recordBytes = recordBytes;
    memory = new OffHeapMemory((long) maxPages * Room.TABLE_PAGE_BYTES, false);
    slabs = memory.slabs();
    pages = room.tableRegions(maxPages, memory);
  }

  /** Takes a free record, or answers {@link #NONE}. */
  int take(StoreIntent intent) {
    int page = firstWithRoom == NONE ? makePage(intent) : firstWithRoom;
    if (page == NONE) {
      return NONE;
    }
    int index = getShort(page, 0) - 1;
    if (index == NONE) {
      index = getShort(page, EVER);
      setShort(page, EVER, index + 1);
    } else {
      setShort(page, 0, getShort(page, HEADER_BYTES + index * recordBytes));
    }
    int taken = getShort(page, TAKEN) + 1;
    setShort(page, TAKEN, taken);
    if (taken == recordsOfPage) {
      unlink(page);
    }
    return page * recordsOfPage + index;
  }

  void put(int record) {
    int page = record / recordsOfPage;
    int index = record % recordsOfPage;
    setShort(page, HEADER_BYTES + index * recordBytes, getShort(page, 0));
    setShort(page, 0, index + 1);
    int taken = getShort(page, TAKEN) - 1;
    setShort(page, TAKEN, taken);
    if (taken == recordsOfPage - 1) {
      link(page);
    }
    if (taken == 0) {
      unlink(page);
      room.putTablePage(pages, page, !keepsFreePage);
      keepsFreePage = true;
    }
  }

  /** Whether a record of this number was ever taken, so that its bytes are those of a record. */
  boolean isInTable(int record) {
    return record >= 0 && record / recordsOfPage < pagesEverUsed;
  }

  /** The memory that holds a page. */
  ByteBuffer slab(int page) {
    return slabs[page / PAGES_OF_SLAB];
  }

  /** Where in it the page begins. */
  int slabOffset(int page) {
    return page % PAGES_OF_SLAB * Room.TABLE_PAGE_BYTES;
  }

  private int makePage(StoreIntent intent) {
    int page = room.takeTablePage(pages, intent);
    if (page == Room.NONE) {
      return NONE;
    }
    if (page >= pagesEverUsed) {
      // Fresh memory is not zero on every system, and readers may ask for any record.
      for (int fresh = pagesEverUsed; fresh <= page; fresh++) {
        slab(fresh).put(slabOffset(fresh), EMPTY_PAGE, 0, Room.TABLE_PAGE_BYTES);
      }
      pagesEverUsed = page + 1;
    }
    keepsFreePage = false;
    setShort(page, 0, 0);
    setShort(page, TAKEN, 0);
    setShort(page, EVER, 0);
    link(page);
    return page;
  }

  private void link(int page) {
    setInt(page, PREVIOUS, NONE);
    setInt(page, NEXT, firstWithRoom);
    if (firstWithRoom != NONE) {
      setInt(firstWithRoom, PREVIOUS, page);
    }
    firstWithRoom = page;
  }

  private void unlink(int page) {
    int previous = getInt(page, PREVIOUS);
    int next = getInt(page, NEXT);
    if (previous == NONE) {
      firstWithRoom = next;
    } else {
      setInt(previous, NEXT, next);
    }
    if (next != NONE) {
      setInt(next, PREVIOUS, previous);
    }
  }

  private int getShort(int page, int offset) {
    return Fields.getShort(slab(page), slabOffset(page) + offset);
  }

  private void setShort(int page, int offset, int value) {
    Fields.setShort(slab(page), slabOffset(page) + offset, value);
  }

  private int getInt(int page, int offset) {
    return Fields.getInt(slab(page), slabOffset(page) + offset);
  }

  private void setInt(int page, int offset, int value) {
    Fields.setInt(slab(page), slabOffset(page) + offset, value);
  }

  /** Releases the memory and its charge. */
  @Override
  public void close() {
    pages.close();
    memory.close();
  }
}
