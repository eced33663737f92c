// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Sums of the headers of a segment's records, from which the header of a damaged one is computed:
 * it says which page was lost, whatever the damage left of the record.
 *
 * <pre>
 *   row 0          XOR of the headers of the records 0, rows, 2 * rows, ...
 *   row 1                              records 1, rows + 1, ...
 *   ...            each without its checksum: 28 bytes
 * </pre>
 *
 * <p>Neighbours are in different rows, so a run of damaged records up to the number of rows can be
 * told, at a cost that does not grow with the records. With fewer records than rows each has a row
 * of its own. The idea is that of RAID level 5, with the checksums telling which part is missing.
 * Not thread-safe.
 */
final class HeaderParity {
  /** Length of a row: a header without its checksum. */
  static final int ROW_BYTES = ZpageHeader.BYTES - Integer.BYTES;

  /** Keeps nothing; for segments without sums. */
  static final HeaderParity NONE = new HeaderParity(0);

  /** Rows that a segment has at most. */
  static final int MOST_ROWS = 256;

  private static final int FEWEST_ROWS = 16;
  private static final int SEGMENT_BYTES_PER_ROW = 16 << 10;

  private final byte[] rows;
  private final int rowCount;
  private int records;

  HeaderParity(int rowCount) {
    this.rowCount = rowCount;
    rows = new byte[rowCount * ROW_BYTES];
  }

  /** Rows that suit a segment: about 2 bytes in a KiB, 7 KiB at most. */
  static int rowsFor(int segmentBytes) {
    return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, segmentBytes / SEGMENT_BYTES_PER_ROW));
  }

  void clear() {
    Arrays.fill(rows, (byte) 0);
    records = 0;
  }

  /** Adds the next record in file order. */
  void add(ByteBuffer memory, int offset) {
    int row = row(records++) * ROW_BYTES;
    for (int i = 0; i < ROW_BYTES; i++) {
      rows[row + i] ^= memory.get(offset + Integer.BYTES + i);
    }
  }

  /** Passes the next record by, whose header is not known. */
  void skip() {
    records++;
  }

  /** Row of a record. */
  int row(int record) {
    return record % rowCount;
  }

  /** Bytes of the sums of this many records. */
  int bytes(int recordCount) {
    return Math.min(rowCount, recordCount) * ROW_BYTES;
  }

  /** Writes the sums of the records added; returns the position behind them. */
  int writeTo(ByteBuffer buffer, int at) {
    buffer.put(at, rows, 0, bytes(records));
    return at + bytes(records);
  }

  /** Takes the sums of this many records out of a verified footer. */
  void readFrom(ByteBuffer buffer, int at, int recordCount) {
    clear();
    buffer.get(at, rows, 0, bytes(recordCount));
    records = recordCount;
  }

  /**
   * The header that is missing in a row.
   *
   * @param others sums of the other records, as read
   * @return a header with a checksum of 0
   */
  ByteBuffer missing(HeaderParity others, int row) {
    ByteBuffer header = ByteBuffer.allocate(ZpageHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROW_BYTES; i++) {
      int at = row * ROW_BYTES + i;
      header.put(Integer.BYTES + i, (byte) (rows[at] ^ others.rows[at]));
    }
    return header;
  }
}
