// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The records of one segment: which page each belongs to and where it is. Packed as in the index,
 * see {@link IndexPart}. Owned by whoever writes or scans the segment, until it is handed over to
 * the index; not thread-safe.
 *
 * <p>A page that shares takes two rows: one without length for the content that it names, then its
 * own.
 */
public final class LocationList {
  /** Takes the records of a list. */
  public interface Sink {
    /**
     * Takes the content that the page of the next record shares.
     *
     * @param generation generation of the content's zpage
     * @param index index of the content
     */
    void content(long generation, int index);

    /**
     * Takes one record.
     *
     * @param pool pool id
     * @param object object of the page
     * @param index page index in the object
     * @param generation generation of the put or the removal
     * @param tombstone whether the page was removed
     * @param position where the record begins in the file, in units of the record alignment
     * @param units its length with padding, likewise
     * @param dictionary that its payload was made with, 0 for none
     * @throws IOException when the record must not be there
     */
    void record(
        int pool,
        long object,
        int index,
        long generation,
        boolean tombstone,
        int position,
        int units,
        int dictionary)
        throws IOException;
  }

  /** What a record takes. */
  public static final int RECORD_BYTES = 32;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int FIRST_RECORDS = 256;
  private static final int MOST_BYTES = (Integer.MAX_VALUE - 8) / RECORD_BYTES * RECORD_BYTES;
  private static final int GENERATION_OFFSET = 8;
  private static final int INDEX_OFFSET = 16;
  private static final int POOL_OFFSET = 20;
  private static final int POSITION_OFFSET = 24;
  private static final int UNITS_OFFSET = 28;
  private static final int DICTIONARY_OFFSET = 30;
  private static final int FLAG_TOMBSTONE = 0x8000;
  private static final int UNITS_MASK = 0x7fff;

  private byte[] bytes;
  private int records;
  private boolean namesContents;

  /** Makes an empty list. */
  public LocationList() {
    this(FIRST_RECORDS);
  }

  /**
   * Makes an empty list that need not grow.
   *
   * @param rows how many it has room for
   */
  public LocationList(int rows) {
    bytes = new byte[grown(0, (long) rows * RECORD_BYTES)];
  }

  /**
   * Makes room for records, so that adding them takes no memory.
   *
   * @param rows how many: two for one that shares
   */
  public void reserve(int rows) {
    long needed = ((long) records + rows) * RECORD_BYTES;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, grown(bytes.length, needed));
    }
  }

  /** Half as much again, or what is needed; as long as an array gets. */
  static int grown(int length, long needed) {
    if (needed > MOST_BYTES) {
      throw new OutOfMemoryError("a list of " + needed + " bytes");
    }
    return (int) Math.max(needed, Math.min(length + length / 2L, MOST_BYTES));
  }

  /**
   * Adds a record.
   *
   * @param memory buffer with the header of its zpage
   * @param offset where the header begins in the buffer
   * @param position where the record begins in the file, in units of the record alignment
   * @param units its length with padding, likewise
   * @param dictionary that its payload was made with, 0 for none
   */
  public void add(ByteBuffer memory, int offset, int position, int units, int dictionary) {
    int at = newRow();
    boolean tombstone = (ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0;
    LONG.set(bytes, at, ZpageHeader.object(memory, offset));
    LONG.set(bytes, at + GENERATION_OFFSET, ZpageHeader.generation(memory, offset));
    INT.set(bytes, at + INDEX_OFFSET, ZpageHeader.index(memory, offset));
    INT.set(bytes, at + POOL_OFFSET, ZpageHeader.pool(memory, offset));
    INT.set(bytes, at + POSITION_OFFSET, position);
    SHORT.set(bytes, at + UNITS_OFFSET, (short) (tombstone ? units | FLAG_TOMBSTONE : units));
    SHORT.set(bytes, at + DICTIONARY_OFFSET, (short) dictionary);
  }

  /**
   * Adds the record of a page that shares a content.
   *
   * @param memory buffer with the {@linkplain ContentRecord record}, not encrypted
   * @param offset where its header begins in the buffer
   * @param position where the record begins in the file, in units of the record alignment
   * @param units its length with padding, likewise
   */
  public void addSharing(ByteBuffer memory, int offset, int position, int units) {
    int at = newRow();
    LONG.set(bytes, at, 0L);
    LONG.set(bytes, at + GENERATION_OFFSET, ContentRecord.generation(memory, offset));
    INT.set(bytes, at + INDEX_OFFSET, ContentRecord.index(memory, offset));
    INT.set(bytes, at + POOL_OFFSET, ContentRecord.pool(memory, offset));
    LONG.set(bytes, at + POSITION_OFFSET, 0L);
    namesContents = true;
    add(memory, offset, position, units, 0);
  }

  private int newRow() {
    reserve(1);
    return records++ * RECORD_BYTES;
  }

  /**
   * Shows every record.
   *
   * @param sink takes them in the order in which they were added
   * @throws IOException when the sink refuses one
   */
  public void show(Sink sink) throws IOException {
    show(bytes, 0, records, sink);
  }

  static void show(byte[] rows, int first, int count, Sink sink) throws IOException {
    for (int i = 0, at = first; i < count; i++, at += RECORD_BYTES) {
      long generation = (long) LONG.get(rows, at + GENERATION_OFFSET);
      int index = (int) INT.get(rows, at + INDEX_OFFSET);
      int units = (short) SHORT.get(rows, at + UNITS_OFFSET);
      if (units == 0) {
        sink.content(generation, index);
      } else {
        sink.record(
            (int) INT.get(rows, at + POOL_OFFSET),
            (long) LONG.get(rows, at),
            index,
            generation,
            (units & FLAG_TOMBSTONE) != 0,
            (int) INT.get(rows, at + POSITION_OFFSET),
            units & UNITS_MASK,
            (short) SHORT.get(rows, at + DICTIONARY_OFFSET) & 0xffff);
      }
    }
  }

  /** Copies records to the end of a part. */
  void copyTo(int first, int count, byte[] target, int offset) {
    System.arraycopy(bytes, first * RECORD_BYTES, target, offset, count * RECORD_BYTES);
  }

  /**
   * Whether a page in it shares.
   *
   * @return true when it says which pages are equal
   */
  public boolean namesContents() {
    return namesContents;
  }

  /** Rows of records and contents. */
  int records() {
    return records;
  }
}
