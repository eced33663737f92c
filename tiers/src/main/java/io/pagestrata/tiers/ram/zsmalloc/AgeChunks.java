// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.StoreIntent;
import java.nio.ByteBuffer;

/**
 * The table of age chunks: runs of handles of about one age.
 *
 * <pre>
 * 0             2        4      6       8      12     16    24      32     36
 * | next free   | filled | live | state | prev | next | age | nanos | life | 53 entries |
 * | while free  | u16    | u16  | u16   | i32  | i32  | i64 | i64   | i32  | i32 each   |
 *
 * entry    31     30     28    0
 *          EMPTY  GONE   | handle
 * </pre>
 *
 * <p>An entry is EMPTY when its zpage was freed, and GONE when that happened while the chunk was
 * shown: then the handle waits for the settle. Guarded by the lock of the {@link Ledger}.
 */
final class AgeChunks implements AutoCloseable {
  static final int NONE = RecordPages.NONE;
  static final int ENTRIES = 53;

  /** Bits of the number of an entry in the age of a handle. */
  static final int ENTRY_BITS = 6;

  static final int EMPTY = 1 << 31;
  static final int GONE = 1 << 30;

  private static final int FILLED = 2;
  private static final int LIVE = 4;
  private static final int STATE = 6;
  private static final int PREVIOUS = 8;
  private static final int NEXT = 12;
  private static final int AGE = 16;
  private static final int NANOS = 24;
  private static final int LIFE = 32;
  private static final int FIRST_ENTRY = 36;
  private static final int BYTES = FIRST_ENTRY + ENTRIES * Integer.BYTES;
  private static final int CHUNKS_OF_PAGE =
      (Room.TABLE_PAGE_BYTES - RecordPages.HEADER_BYTES) / BYTES;

  /** Merging keeps chunks fuller than this on average; see {@link Ages}. */
  private static final int LEAST_ENTRIES_ON_AVERAGE = ENTRIES / 4;

  private final RecordPages pages;

  AgeChunks(Room room, int mostHandles) {
    int most = Math.min(mostHandles / LEAST_ENTRIES_ON_AVERAGE + 1, 1 << Integer.SIZE - ENTRY_BITS);
    pages =
        new RecordPages(room, (most + CHUNKS_OF_PAGE - 1) / CHUNKS_OF_PAGE, CHUNKS_OF_PAGE, BYTES);
  }

  /** Takes a chunk without entries, or answers {@link #NONE}. */
  int take(StoreIntent intent, long age, int life) {
    int chunk = pages.take(intent);
    if (chunk != NONE) {
      setShort(chunk, FILLED, 0);
      setShort(chunk, LIVE, 0);
      setState(chunk, 0);
      Fields.setLong(slab(chunk), at(chunk) + AGE, age);
      setInt(chunk, LIFE, life);
    }
    return chunk;
  }

  /** Gives a chunk back; no life of it can be settled any more. */
  void put(int chunk) {
    setInt(chunk, LIFE, 0);
    pages.put(chunk);
  }

  boolean isInTable(int chunk) {
    return pages.isInTable(chunk);
  }

  int filled(int chunk) {
    return getShort(chunk, FILLED);
  }

  void setFilled(int chunk, int filled) {
    setShort(chunk, FILLED, filled);
  }

  int live(int chunk) {
    return getShort(chunk, LIVE);
  }

  void setLive(int chunk, int live) {
    setShort(chunk, LIVE, live);
  }

  int state(int chunk) {
    return getShort(chunk, STATE);
  }

  void setState(int chunk, int state) {
    setShort(chunk, STATE, state);
  }

  int life(int chunk) {
    return getInt(chunk, LIFE);
  }

  int previous(int chunk) {
    return getInt(chunk, PREVIOUS);
  }

  void setPrevious(int chunk, int previous) {
    setInt(chunk, PREVIOUS, previous);
  }

  int next(int chunk) {
    return getInt(chunk, NEXT);
  }

  void setNext(int chunk, int next) {
    setInt(chunk, NEXT, next);
  }

  /** Running number, larger is younger. */
  long age(int chunk) {
    return Fields.getLong(slab(chunk), at(chunk) + AGE);
  }

  /** When the youngest entry came. */
  long nanos(int chunk) {
    return Fields.getLong(slab(chunk), at(chunk) + NANOS);
  }

  void setNanos(int chunk, long nanos) {
    Fields.setLong(slab(chunk), at(chunk) + NANOS, nanos);
  }

  int entry(int chunk, int index) {
    return getInt(chunk, FIRST_ENTRY + index * Integer.BYTES);
  }

  void setEntry(int chunk, int index, int entry) {
    setInt(chunk, FIRST_ENTRY + index * Integer.BYTES, entry);
  }

  private ByteBuffer slab(int chunk) {
    return pages.slab(chunk / CHUNKS_OF_PAGE);
  }

  private int at(int chunk) {
    int inPage = RecordPages.HEADER_BYTES + chunk % CHUNKS_OF_PAGE * BYTES;
    return pages.slabOffset(chunk / CHUNKS_OF_PAGE) + inPage;
  }

  private int getShort(int chunk, int offset) {
    return Fields.getShort(slab(chunk), at(chunk) + offset);
  }

  private void setShort(int chunk, int offset, int value) {
    Fields.setShort(slab(chunk), at(chunk) + offset, value);
  }

  private int getInt(int chunk, int offset) {
    return Fields.getInt(slab(chunk), at(chunk) + offset);
  }

  private void setInt(int chunk, int offset, int value) {
    Fields.setInt(slab(chunk), at(chunk) + offset, value);
  }

  @Override
  public void close() {
    pages.close();
  }
}
