// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads every record of segments from end to end, with large reads.
 *
 * <p>With a footer, the record table says where records are. Without one they are found by walking
 * from header to header, and the first bytes that are no whole record are the end, unless a whole
 * one follows directly: then they are passed over, be they damaged or a part of a write that the
 * disk did not keep. Buffers are allocated once. For one thread.
 */
final class SegmentScan {
  private static final int MOST_WINDOW_BYTES = 1 << 20;

  /** Takes records. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes one record.
     *
     * @param memory buffer that holds it
     * @param offset first byte of its header
     * @param position where it is in the file
     * @param bytes its length with padding
     * @param whole whether its checksum matches
     */
    void record(ByteBuffer memory, int offset, long position, int bytes, boolean whole);
  }

  private final FileTierSettings settings;
  private final CRC32C crc = new CRC32C();
  private final RecordTable table;
  private final int windowBytes;
  private final ByteBuffer window;
  private Segment segment;
  private long fileBytes;
  private int blockBytes;
  private long windowStart;
  private long windowEnd;
  private int windowOffset;

  SegmentScan(FileTierSettings settings) {
    this.settings = settings;
    table = new RecordTable(settings.recordAlignment());
    windowBytes = Math.min(MOST_WINDOW_BYTES, settings.segmentBytes());
    window = AlignedBuffers.allocate(windowBytes + 2 * AlignedBuffers.BLOCK_BYTES);
  }

  /** Lengths of the records of the segment scanned last; reused by the next scan. */
  RecordTable table() {
    return table;
  }

  /**
   * Shows every record of a segment.
   *
   * @param bytes length of its file
   * @param block alignment of the writes in it
   * @return where the footer begins, or minus the end of the records when there is none
   */
  long scan(Segment scanned, long bytes, int block, Sink sink) throws IOException {
    segment = scanned;
    fileBytes = bytes;
    blockBytes = block;
    windowStart = 0;
    windowEnd = 0;
    long tableOffset = readFooter();
    if (tableOffset >= 0) {
      scanTable(sink);
      return tableOffset;
    }
    return -walk(sink);
  }

  private long readFooter() throws IOException {
    table.clear();
    if (fileBytes < SegmentFormat.HEADER_BYTES + SegmentFormat.TRAILER_BYTES) {
      return -1;
    }
    int at = at(fileBytes - SegmentFormat.TRAILER_BYTES, SegmentFormat.TRAILER_BYTES);
    long tableOffset = SegmentFormat.tableOffset(window, at, fileBytes);
    if (tableOffset < 0) {
      return -1;
    }
    int bytes = (int) (fileBytes - tableOffset);
    ByteBuffer footer =
        bytes <= windowBytes
            ? window
            : AlignedBuffers.allocate(bytes + 2 * AlignedBuffers.BLOCK_BYTES);
    windowEnd = 0;
    int start = segment.read(footer, tableOffset, bytes);
    boolean whole =
        SegmentFormat.readFooter(footer, start, bytes, tableOffset, segment.sequence(), table);
    return whole ? tableOffset : -1;
  }

  private void scanTable(Sink sink) throws IOException {
    long position = SegmentFormat.HEADER_BYTES;
    for (int entry = 0; entry < table.entries(); entry++) {
      int bytes = table.bytes(entry);
      if (!table.isGap(entry)) {
        int at = at(position, bytes);
        sink.record(window, at, position, bytes, segment.isWhole(window, at, bytes, crc));
      }
      position += bytes;
    }
  }

  private long walk(Sink sink) throws IOException {
    long position = SegmentFormat.HEADER_BYTES;
    long end = position;
    while (position + ZpageHeader.BYTES <= fileBytes) {
      if (isZero(at(position, ZpageHeader.BYTES))) {
        long next = AlignedBuffers.ceil(position + 1, blockBytes);
        if (blockBytes == 1 || position % blockBytes == 0) {
          return end;
        }
        table.addGap((int) (next - position));
        position = next;
        continue;
      }
      int bytes = recordBytes(position);
      if (isWhole(position, bytes)) {
        int at = at(position, bytes);
        sink.record(window, at, position, bytes, true);
        table.addRecord(window, at, bytes);
      } else if (isWholeRecord(position + bytes)) {
        table.addGap(bytes);
      } else {
        return end;
      }
      position += bytes;
      end = position;
    }
    return end;
  }

  /** Writes the segment scanned last again, as it is, up to the end of its records. */
  void rewrite(long end) throws IOException {
    for (long position = 0; position < end; position += windowBytes) {
      int bytes = (int) Math.min(windowBytes, AlignedBuffers.ceil(end, blockBytes) - position);
      windowEnd = 0;
      int start = segment.read(window, position, bytes);
      segment.write(window.duplicate().position(start).limit(start + bytes), position);
    }
  }

  private boolean isZero(int at) {
    for (int i = 0; i < ZpageHeader.BYTES; i += Long.BYTES) {
      if (window.getLong(at + i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Length of the record that begins here, as its header claims. */
  private int recordBytes(long position) throws IOException {
    int at = at(position, ZpageHeader.BYTES);
    return (int)
        AlignedBuffers.ceil(
            ZpageHeader.zpageBytes(window, at) + segment.tagBytes(), settings.recordAlignment());
  }

  private boolean isWholeRecord(long position) throws IOException {
    return position + ZpageHeader.BYTES <= fileBytes && isWhole(position, recordBytes(position));
  }

  private boolean isWhole(long position, int bytes) throws IOException {
    if (bytes > settings.maxRecordBytes() || position + bytes > fileBytes) {
      return false;
    }
    return segment.isWhole(window, at(position, bytes), bytes, crc);
  }

  /** Where a range of the file is in the window. */
  private int at(long position, int bytes) throws IOException {
    if (position < windowStart || position + bytes > windowEnd) {
      int fetched = (int) Math.min(windowBytes, fileBytes - position);
      windowOffset = segment.read(window, position, Math.max(bytes, fetched));
      windowStart = position;
      windowEnd = position + Math.max(bytes, fetched);
    }
    return windowOffset + (int) (position - windowStart);
  }
}
