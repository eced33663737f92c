// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A value of the index: a part of the list of one sealed segment. {@code docs/format.md} outranks
 * this class.
 *
 * <pre>
 *   0 | u64 magic       8 | u32 CRC32C of bytes 12 to the end of the records  12 | u32 part
 *  16 | u128 store id  32 | u64 sequence   40 | u32 parts   44 | u32 records in this part
 *  48 | 64 bytes trailer of the segment   112 | 16 bytes of zeroes
 * 128 | records x (u64 object, u64 generation, u32 index, u32 pool, u32 position,
 *     |            u16 units, bit 15: tombstone, u16 dictionary); with 0 units it says which
 *     |            content the page of the next one shares
 * </pre>
 *
 * <p>Each part says all that is needed to tell whether it belongs to a segment file: the trailer of
 * another life of the same sequence has other generations and another checksum. Little-endian.
 * Stateless.
 */
final class IndexPart {
  static final int HEADER_BYTES = 128;
  static final int TRAILER_BYTES = 64;
  static final long MAGIC = 0x0a1a5844_49545350L; // "PSTIDX" SUB LF

  private static final int CRC_OFFSET = 8;
  private static final int PART_OFFSET = 12;
  private static final int STORE_ID_OFFSET = 16;
  private static final int SEQUENCE_OFFSET = 32;
  private static final int PARTS_OFFSET = 40;
  private static final int RECORDS_OFFSET = 44;
  private static final int TRAILER_OFFSET = 48;

  private IndexPart() {}

  /** What is needed to find a part, from bytes that need not be one. */
  record Claim(long sequence, int part, int parts) {
    /** Null when these bytes do not begin as a part does. */
    static Claim of(ByteBuffer buffer, int at) {
      buffer.order(ByteOrder.LITTLE_ENDIAN);
      if (buffer.getLong(at) != MAGIC) {
        return null;
      }
      int part = buffer.getInt(at + PART_OFFSET);
      int parts = buffer.getInt(at + PARTS_OFFSET);
      long sequence = buffer.getLong(at + SEQUENCE_OFFSET);
      boolean plausible =
          part >= 0 && part < parts && parts <= IndexShape.MOST_PARTS && sequence > 0;
      return plausible ? new Claim(sequence, part, parts) : null;
    }
  }

  /** Fills a value with one part of a list; what is behind its records is zeroes. */
  static void encode(
      byte[] value, UUID storeId, long sequence, LocationList list, byte[] trailer, int part) {
    int perPart = recordsPerPart(value.length);
    int first = part * perPart;
    int records = Math.min(perPart, list.records() - first);
    Arrays.fill(value, (byte) 0);
    ByteBuffer buffer = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(0, MAGIC);
    buffer.putInt(PART_OFFSET, part);
    buffer.putLong(STORE_ID_OFFSET, storeId.getMostSignificantBits());
    buffer.putLong(STORE_ID_OFFSET + Long.BYTES, storeId.getLeastSignificantBits());
    buffer.putLong(SEQUENCE_OFFSET, sequence);
    buffer.putInt(PARTS_OFFSET, parts(list.records(), value.length));
    buffer.putInt(RECORDS_OFFSET, records);
    buffer.put(TRAILER_OFFSET, trailer);
    list.copyTo(first, records, value, HEADER_BYTES);
    buffer.putInt(CRC_OFFSET, crc(buffer, 0, records));
  }

  static int recordsPerPart(int valueBytes) {
    return (valueBytes - HEADER_BYTES) / LocationList.RECORD_BYTES;
  }

  /** Parts of a list; an empty list has none. */
  static int parts(int records, int valueBytes) {
    int perPart = recordsPerPart(valueBytes);
    return (records + perPart - 1) / perPart;
  }

  /**
   * Whether these bytes are an undamaged part of the list of just this segment.
   *
   * @param bytes how many there are
   */
  static boolean belongs(
      ByteBuffer buffer, int at, int bytes, UUID storeId, long sequence, byte[] trailer) {
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    int records = buffer.getInt(at + RECORDS_OFFSET);
    return buffer.getLong(at) == MAGIC
        && buffer.getLong(at + SEQUENCE_OFFSET) == sequence
        && buffer.getLong(at + STORE_ID_OFFSET) == storeId.getMostSignificantBits()
        && buffer.getLong(at + STORE_ID_OFFSET + Long.BYTES) == storeId.getLeastSignificantBits()
        && records >= 0
        && records <= recordsPerPart(bytes)
        && buffer.slice(at + TRAILER_OFFSET, TRAILER_BYTES).equals(ByteBuffer.wrap(trailer))
        && buffer.getInt(at + CRC_OFFSET) == crc(buffer, at, records);
  }

  private static int crc(ByteBuffer buffer, int at, int records) {
    CRC32C crc = new CRC32C();
    int bytes = HEADER_BYTES - PART_OFFSET + records * LocationList.RECORD_BYTES;
    crc.update(buffer.slice(at + PART_OFFSET, bytes));
    return (int) crc.getValue();
  }

  /** Shows the records of a part that {@link #belongs}. */
  static void show(ByteBuffer buffer, int at, LocationList.Sink sink) throws IOException {
    int first = buffer.arrayOffset() + at + HEADER_BYTES;
    LocationList.show(buffer.array(), first, records(buffer, at), sink);
  }

  static int records(ByteBuffer buffer, int at) {
    return buffer.getInt(at + RECORDS_OFFSET);
  }
}
