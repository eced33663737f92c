// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Lengths of the records of one segment in file order, with the sums that its footer holds.
 *
 * <p>Reused from segment to segment. Not thread-safe: owned by whoever writes or cleans the
 * segment.
 */
final class RecordTable {
  private static final int FIRST_CAPACITY = 1024;

  private final int unitBytes;
  private final HeaderParity parity;
  private short[] units = new short[FIRST_CAPACITY];
  private int entries;
  private int records;
  private int tombstones;
  private long payloadBytes;
  private long minGeneration = Long.MAX_VALUE;
  private long maxGeneration;

  RecordTable(int unitBytes) {
    this(unitBytes, HeaderParity.NONE);
  }

  /** Makes an empty table that adds the headers of its records up. */
  RecordTable(int unitBytes, HeaderParity parity) {
    this.unitBytes = unitBytes;
    this.parity = parity;
  }

  HeaderParity parity() {
    return parity;
  }

  void clear() {
    entries = 0;
    records = 0;
    tombstones = 0;
    payloadBytes = 0;
    minGeneration = Long.MAX_VALUE;
    maxGeneration = 0;
    if (parity != HeaderParity.NONE) {
      parity.clear();
    }
  }

  /** Adds a record whose zpage is at an offset of a buffer. */
  void addRecord(ByteBuffer memory, int offset, int paddedBytes) {
    append((short) (paddedBytes / unitBytes));
    records++;
    if (parity != HeaderParity.NONE) {
      parity.add(memory, offset);
    }
    payloadBytes += ZpageHeader.storedBytes(memory, offset);
    long generation = ZpageHeader.generation(memory, offset);
    minGeneration = Math.min(minGeneration, generation);
    maxGeneration = Math.max(maxGeneration, generation);
    if ((ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0) {
      tombstones++;
    }
  }

  /** Adds a gap, such as the fill of a direct write up to the next block. */
  void addGap(int bytes) {
    int left = bytes / unitBytes;
    while (left > 0) {
      int part = Math.min(left, SegmentFormat.MAX_ENTRY_UNITS);
      append((short) (part | SegmentFormat.GAP_FLAG));
      left -= part;
    }
  }

  private void append(short entry) {
    reserve(1);
    units[entries++] = entry;
  }

  /** Makes room for entries, so that adding them takes no memory. */
  void reserve(int more) {
    if (more > units.length - entries) {
      units = Arrays.copyOf(units, Math.max(entries + more, entries * 2));
    }
  }

  /** A table with the same entries that takes no more room than it needs. */
  RecordTable copy() {
    RecordTable copy = new RecordTable(unitBytes);
    copy.units = Arrays.copyOf(units, entries);
    copy.entries = entries;
    copy.records = records;
    return copy;
  }

  /** Writes entries and sums from position 0 and returns the position behind them. */
  int writeTo(ByteBuffer buffer) {
    for (int i = 0; i < entries; i++) {
      buffer.putShort(i * SegmentFormat.TABLE_ENTRY_BYTES, units[i]);
    }
    int end = entries * SegmentFormat.TABLE_ENTRY_BYTES;
    return records == 0 ? end : parity.writeTo(buffer, end);
  }

  /** Bytes of entries and sums. */
  int bytesWritten() {
    return bytesWith(0, 0);
  }

  /** The same with more records and gaps. */
  int bytesWith(int moreRecords, int moreGaps) {
    return (entries + moreRecords + moreGaps) * SegmentFormat.TABLE_ENTRY_BYTES
        + parity.bytes(records + moreRecords);
  }

  /** Replaces the entries by those that a verified footer holds; the sums stay empty. */
  void readFrom(ByteBuffer buffer, int start, int count) {
    clear();
    for (int i = 0; i < count; i++) {
      short entry = buffer.getShort(start + i * SegmentFormat.TABLE_ENTRY_BYTES);
      append(entry);
      if ((entry & SegmentFormat.GAP_FLAG) == 0) {
        records++;
      }
    }
  }

  /** Length of an entry, padding included. */
  int bytes(int entry) {
    return (units[entry] & SegmentFormat.MAX_ENTRY_UNITS) * unitBytes;
  }

  boolean isGap(int entry) {
    return (units[entry] & SegmentFormat.GAP_FLAG) != 0;
  }

  int entries() {
    return entries;
  }

  int records() {
    return records;
  }

  int tombstones() {
    return tombstones;
  }

  long payloadBytes() {
    return payloadBytes;
  }

  long minGeneration() {
    return minGeneration;
  }

  long maxGeneration() {
    return maxGeneration;
  }
}
