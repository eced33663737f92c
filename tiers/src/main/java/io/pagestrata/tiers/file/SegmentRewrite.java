// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.RecordCipher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes a segment again, under another name: its whole records at the same places, so that what is
 * encrypted for its place stays readable, gaps where damaged ones were, and a footer. For one
 * thread.
 */
final class SegmentRewrite {
  private static final int BUFFER_BYTES = 1 << 20;

  private final SegmentFiles files;
  private final SegmentExam exam;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private SegmentFile target;
  private RecordTable table;
  private long flushed;

  SegmentRewrite(SegmentFiles files, SegmentExam exam) {
    this.files = files;
    this.exam = exam;
  }

  /** Writes the new file; it is on the medium then. */
  void write(CheckedSegment segment, String name) throws IOException {
    int alignment = Math.max(segment.header.unitBytes(), segment.header.blockBytes());
    int rows = rows(segment, alignment);
    files.delete(name);
    try (SegmentFile file = files.create(name)) {
      target = file;
      flushed = 0;
      buffer.clear();
      table = table(segment, rows);
      buffer.put(header(segment, rows));
      copy(segment, true);
      long end = position();
      long tableBytes = SegmentFormat.footerBytes(end, table.bytesWritten(), alignment);
      ByteBuffer footer = ByteBuffer.allocate((int) tableBytes);
      SegmentFormat.writeFooter(footer, table, end, segment.sequence, alignment);
      flush();
      writeAll(footer);
      file.force();
    }
  }

  /** Most bytes of the new file of a segment. */
  static long mostBytes(CheckedSegment segment) {
    int alignment = Math.max(segment.header.unitBytes(), segment.header.blockBytes());
    long end = AlignedBuffers.ceil(segment.end, alignment);
    // A gap beside each record, and as many entries more as gaps may be too long for one.
    long gaps =
        1 + segment.end / ((long) SegmentFormat.MAX_ENTRY_UNITS * segment.header.unitBytes());
    long entries = 2 * (segment.records + segment.damaged.size()) + gaps;
    long sums = (long) HeaderParity.rowsFor(segment.header.segmentBytes()) * HeaderParity.ROW_BYTES;
    long footer =
        SegmentFormat.footerBytes(end, entries * SegmentFormat.TABLE_ENTRY_BYTES + sums, alignment);
    return Math.min(segment.header.segmentBytes(), end + footer);
  }

  private static RecordTable table(CheckedSegment segment, int rows) {
    HeaderParity parity = rows == 0 ? HeaderParity.NONE : new HeaderParity(rows);
    return new RecordTable(segment.header.unitBytes(), parity);
  }

  /** Rows of the header sums: as usual, unless the segment would become too large by them. */
  private int rows(CheckedSegment segment, int alignment) throws IOException {
    int rows = HeaderParity.rowsFor(segment.header.segmentBytes());
    table = table(segment, rows);
    flushed = SegmentFormat.HEADER_BYTES;
    buffer.clear();
    copy(segment, false);
    long end = position();
    long bytes = end + SegmentFormat.footerBytes(end, table.bytesWritten(), alignment);
    return bytes <= segment.header.segmentBytes() ? rows : 0;
  }

  private ByteBuffer header(CheckedSegment segment, int rows) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    if (segment.headerBytes != null) {
      header.put(segment.headerBytes);
    } else {
      try (SegmentFile file = files.open(segment.name)) {
        file.readFully(header, 0);
      }
    }
    SegmentFormat.setParityRows(header, rows);
    return header;
  }

  /** Goes through the whole records, and past the end of the last one to that of the data. */
  private void copy(CheckedSegment segment, boolean writes) throws IOException {
    int tagBytes = segment.header.seal() == null ? 0 : RecordCipher.TAG_BYTES;
    exam.show(
        segment,
        (memory, offset, position, bytes, flags) -> {
          if ((flags & RecordList.DAMAGED) == 0) {
            gap(position, writes);
            put(memory, offset, ZpageHeader.zpageBytes(memory, offset) + tagBytes, bytes, writes);
            table.addRecord(memory, offset, bytes);
          }
        });
    gap(AlignedBuffers.ceil(segment.end, segment.header.blockBytes()), writes);
  }

  private long position() {
    return flushed + buffer.position();
  }

  private void gap(long to, boolean writes) throws IOException {
    long left = to - position();
    if (left > 0) {
      table.addGap((int) left);
    }
    while (left > 0) {
      int part = (int) Math.min(left, BUFFER_BYTES);
      room(part, writes);
      zeroes(part);
      left -= part;
    }
  }

  /** Puts a record with the zeroes behind it, whatever is there now. */
  private void put(ByteBuffer memory, int offset, int bytes, int padded, boolean writes)
      throws IOException {
    room(padded, writes);
    buffer.put(buffer.position(), memory, offset, bytes);
    buffer.position(buffer.position() + bytes);
    zeroes(padded - bytes);
  }

  private void zeroes(int bytes) {
    for (int i = 0; i < bytes; i++) {
      buffer.put((byte) 0);
    }
  }

  private void room(int bytes, boolean writes) throws IOException {
    if (buffer.remaining() < bytes) {
      if (writes) {
        flush();
      } else {
        flushed += buffer.position();
        buffer.clear();
      }
    }
  }

  private void flush() throws IOException {
    writeAll(buffer.flip());
    buffer.clear();
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int count = target.write(bytes, flushed);
      if (count <= 0) {
        throw new IOException("the file takes no more bytes");
      }
      flushed += count;
    }
  }
}
