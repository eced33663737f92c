// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The records of one segment: which page each belongs to and where it is. Packed as in the index,
 * see {@link IndexPart}. Owned by whoever writes or scans the segment, until it is handed over to
 * the index; not thread-safe.
 */
public final class LocationList {
  /** Takes the records of a list. */
  @FunctionalInterface
  public interface Sink {
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

  private static final int FIRST_RECORDS = 256;
  private static final int GENERATION_OFFSET = 8;
  private static final int INDEX_OFFSET = 16;
  private static final int POOL_OFFSET = 20;
  private static final int POSITION_OFFSET = 24;
  private static final int UNITS_OFFSET = 28;
  private static final int DICTIONARY_OFFSET = 30;
  private static final int FLAG_TOMBSTONE = 0x8000;
  private static final int UNITS_MASK = 0x7fff;

  private byte[] bytes = new byte[FIRST_RECORDS * RECORD_BYTES];
  private ByteBuffer view = view(bytes);
  private int records;
  private boolean namesContents;

  /** Makes an empty list. */
  public LocationList() {}

  private static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
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
    if ((records + 1) * RECORD_BYTES > bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
      view = view(bytes);
    }
    namesContents |= ContentRecord.is(memory, offset);
    int at = records++ * RECORD_BYTES;
    boolean tombstone = (ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0;
    view.putLong(at, ZpageHeader.object(memory, offset));
    view.putLong(at + GENERATION_OFFSET, ZpageHeader.generation(memory, offset));
    view.putInt(at + INDEX_OFFSET, ZpageHeader.index(memory, offset));
    view.putInt(at + POOL_OFFSET, ZpageHeader.pool(memory, offset));
    view.putInt(at + POSITION_OFFSET, position);
    view.putShort(at + UNITS_OFFSET, (short) (tombstone ? units | FLAG_TOMBSTONE : units));
    view.putShort(at + DICTIONARY_OFFSET, (short) dictionary);
  }

  static void show(ByteBuffer buffer, int at, Sink sink) throws IOException {
    int units = buffer.getShort(at + UNITS_OFFSET);
    sink.record(
        buffer.getInt(at + POOL_OFFSET),
        buffer.getLong(at),
        buffer.getInt(at + INDEX_OFFSET),
        buffer.getLong(at + GENERATION_OFFSET),
        (units & FLAG_TOMBSTONE) != 0,
        buffer.getInt(at + POSITION_OFFSET),
        units & UNITS_MASK,
        buffer.getShort(at + DICTIONARY_OFFSET) & 0xffff);
  }

  /** Copies records to the end of a part. */
  void copyTo(int first, int count, byte[] target, int offset) {
    System.arraycopy(bytes, first * RECORD_BYTES, target, offset, count * RECORD_BYTES);
  }

  /** Whether a page shares a content, which is named by its record and not by this list. */
  boolean namesContents() {
    return namesContents;
  }

  int records() {
    return records;
  }
}
