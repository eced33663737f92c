// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Reads every record of segments from end to end, with large reads.
 *
 * <p>With a footer, the record table says where records are. Without one they are found by walking
 * from header to header, and the first bytes that are no whole record are the end, unless a whole
 * one follows directly: then they are passed over, be they damaged or a part of a write that the
 * disk did not keep. Of a damaged record the header is computed from the sums in the footer, since
 * that on the medium says nothing for certain. Buffers are allocated once. For one thread.
 */
final class SegmentScan {
  private static final int MOST_WINDOW_BYTES = 1 << 20;

  /** Takes records. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes one record.
     *
     * @param memory buffer that holds it; of a damaged one, its header alone
     * @param offset first byte of its header
     * @param position where it is in the file
     * @param bytes its length with padding
     * @param whole whether its checksum matches
     * @throws IOException ends the scan
     */
    void record(ByteBuffer memory, int offset, long position, int bytes, boolean whole)
        throws IOException;

    /**
     * Takes note of a damaged record of which nothing tells the page.
     *
     * @param name of the file
     * @param position where it is in the file
     * @param bytes its length with padding
     * @throws IOException ends the scan; so it does unless a sink can go on with that
     */
    default void unknown(String name, long position, int bytes) throws IOException {
      throw new IOException(
          name
              + " offset "
              + position
              + ": a record is damaged and nothing tells which page it held; 'pagestrata fsck' says"
              + " what can be done");
    }

    /**
     * Takes note of bytes between records of a segment without footer that are no whole record.
     *
     * @param position where they are in the file
     * @param bytes how many
     */
    default void passed(long position, int bytes) {}
  }

  /** A record whose checksum does not match, until all others of its segment are read. */
  private record Damaged(int entry, int record, long position, int bytes, ByteBuffer header) {}

  private final FileTierSettings settings;
  private final CRC32C crc = new CRC32C();
  private final RecordTable table;
  private final int windowBytes;
  private final ByteBuffer window;
  private Segment segment;
  private SegmentFormat.Header header;
  private HeaderParity parity;
  private long fileBytes;
  private int blockBytes;
  private long windowStart;
  private long windowEnd;
  private int windowOffset;
  private byte[] trailer;
  private long claimedEnd;

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

  /** Trailer of the segment looked at last; of use when its footer is whole. */
  byte[] trailer() {
    return trailer;
  }

  /**
   * Where the trailer of the segment looked at last says that the records end, be the footer whole
   * or not; 0 when there is none.
   */
  long claimedEnd() {
    return claimedEnd;
  }

  /**
   * Looks at the footer of a segment only; {@link #table} and {@link #trailer} are its own then.
   *
   * @return where it begins, or -1 when there is no whole one
   */
  long footer(Segment scanned, long bytes, SegmentFormat.Header scannedHeader) throws IOException {
    begin(scanned, bytes, scannedHeader);
    return readFooter();
  }

  /**
   * Shows every record of a segment.
   *
   * @param bytes length of its file
   * @param scannedHeader what its file header says
   * @return where the footer begins, or minus the end of the records when there is none
   */
  long scan(Segment scanned, long bytes, SegmentFormat.Header scannedHeader, Sink sink)
      throws IOException {
    begin(scanned, bytes, scannedHeader);
    long tableOffset = readFooter();
    if (tableOffset >= 0) {
      scanTable(sink);
      return tableOffset;
    }
    return -walk(sink);
  }

  private void begin(Segment scanned, long bytes, SegmentFormat.Header scannedHeader) {
    segment = scanned;
    header = scannedHeader;
    fileBytes = bytes;
    blockBytes = header.blockBytes();
    windowStart = 0;
    windowEnd = 0;
  }

  private long readFooter() throws IOException {
    table.clear();
    claimedEnd = 0;
    if (fileBytes < SegmentFormat.HEADER_BYTES + SegmentFormat.TRAILER_BYTES) {
      return -1;
    }
    int at = at(fileBytes - SegmentFormat.TRAILER_BYTES, SegmentFormat.TRAILER_BYTES);
    long tableOffset = SegmentFormat.tableOffset(window, at, fileBytes);
    if (tableOffset < 0) {
      return -1;
    }
    trailer = SegmentFormat.trailer(window, at + SegmentFormat.TRAILER_BYTES);
    if (SegmentFormat.isTrailerOf(window, at + SegmentFormat.TRAILER_BYTES, segment.sequence())) {
      // What a page holds may look like a trailer, too, but not like that of this segment.
      claimedEnd = tableOffset;
    }
    if (fileBytes - tableOffset > mostFooterBytes(tableOffset)) {
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
    if (!whole || !isPossible(tableOffset)) {
      return -1;
    }
    parity = new HeaderParity(header.parityRows());
    if (header.parityRows() > 0) {
      int tableBytes = table.entries() * SegmentFormat.TABLE_ENTRY_BYTES;
      parity.readFrom(footer, start + tableBytes, table.records());
    }
    return tableOffset;
  }

  /** No table has more entries than units, so a wrong offset costs no memory to speak of. */
  private long mostFooterBytes(long tableOffset) {
    long units = (tableOffset - SegmentFormat.HEADER_BYTES) / settings.recordAlignment();
    long tableBytes =
        units * SegmentFormat.TABLE_ENTRY_BYTES
            + (long) header.parityRows() * HeaderParity.ROW_BYTES;
    int alignment = Math.max(settings.recordAlignment(), header.blockBytes());
    return SegmentFormat.footerBytes(tableOffset, tableBytes, alignment);
  }

  /** Whether the records of the table are no longer than records, and end before the footer. */
  private boolean isPossible(long tableOffset) {
    long end = SegmentFormat.HEADER_BYTES;
    boolean fits = true;
    for (int entry = 0; entry < table.entries(); entry++) {
      fits &= table.isGap(entry) || table.bytes(entry) <= settings.maxRecordBytes();
      end += table.bytes(entry);
    }
    return fits && end <= tableOffset;
  }

  private void scanTable(Sink sink) throws IOException {
    long position = SegmentFormat.HEADER_BYTES;
    List<Damaged> damaged = new ArrayList<>();
    int record = 0;
    for (int entry = 0; entry < table.entries(); entry++) {
      int bytes = table.bytes(entry);
      if (!table.isGap(entry)) {
        int at = at(position, bytes);
        if (isRecord(at, bytes)) {
          sink.record(window, at, position, bytes, true);
        } else {
          byte[] start = new byte[ZpageHeader.BYTES];
          window.get(at, start);
          ByteBuffer kept = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
          damaged.add(new Damaged(entry, record, position, bytes, kept));
        }
        record++;
      }
      position += bytes;
    }
    if (!damaged.isEmpty()) {
      show(damaged, sink);
    }
  }

  private void show(List<Damaged> damaged, Sink sink) throws IOException {
    boolean hasSums = header.parityRows() > 0;
    HeaderParity read = hasSums ? sumsWithout(damaged) : HeaderParity.NONE;
    Map<Integer, Integer> missingInRow = new HashMap<>();
    if (hasSums) {
      damaged.forEach(one -> missingInRow.merge(parity.row(one.record()), 1, Integer::sum));
    }
    for (Damaged one : damaged) {
      ByteBuffer found = one.header();
      boolean known = true;
      if (hasSums) {
        int row = parity.row(one.record());
        known = missingInRow.get(row) == 1;
        found = parity.missing(read, row);
      }
      if (known && isPlausible(found, one.bytes())) {
        sink.record(found, 0, one.position(), one.bytes(), false);
      } else {
        sink.unknown(segment.name(), one.position(), one.bytes());
      }
    }
  }

  /**
   * Adds up the headers of the records that are whole. A segment with damage is read again for
   * that, which is rare, so that those without need not pay for it.
   */
  private HeaderParity sumsWithout(List<Damaged> damaged) throws IOException {
    HeaderParity sums = new HeaderParity(header.parityRows());
    Iterator<Damaged> left = damaged.iterator();
    Damaged next = left.next();
    long position = SegmentFormat.HEADER_BYTES;
    for (int entry = 0; entry < table.entries(); entry++) {
      if (next != null && next.entry() == entry) {
        sums.skip();
        next = left.hasNext() ? left.next() : null;
      } else if (!table.isGap(entry)) {
        sums.add(window, at(position, table.bytes(entry)));
      }
      position += table.bytes(entry);
    }
    return sums;
  }

  /** Whether a header can be that of a record of this length here. */
  private boolean isPlausible(ByteBuffer found, int bytes) {
    int zpageBytes = ZpageHeader.zpageBytes(found, 0) + segment.tagBytes();
    return AlignedBuffers.ceil(zpageBytes, settings.recordAlignment()) == bytes
        && 1 << ZpageHeader.pageShift(found, 0) == header.pageBytes()
        && (found.get(7) & ZpageHeader.FLAG_NEVER_SET) == 0
        && ZpageHeader.generation(found, 0) > 0
        && isReachable(ZpageHeader.generation(found, 0));
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
        sink.passed(position, bytes);
      } else {
        return end;
      }
      position += bytes;
      end = position;
    }
    return end;
  }

  /**
   * Writes a segment again, as it is, up to the end of its records and of the block that it is in:
   * its own, or that of direct I/O if this was switched on since.
   *
   * @return where the last write ended, which may be behind the end of the file
   */
  long rewrite(Segment again, long end) throws IOException {
    windowEnd = 0;
    long to = AlignedBuffers.ceil(end, again.blockBytes());
    long there = Math.min(to, again.realFileBytes());
    for (long position = 0; position < to; position += windowBytes) {
      int bytes = (int) Math.min(windowBytes, to - position);
      int present = (int) Math.min(bytes, there - position);
      int start = again.read(window, position, present);
      for (int i = present; i < bytes; i++) {
        window.put(start + i, (byte) 0);
      }
      again.write(window.duplicate().position(start).limit(start + bytes), position);
    }
    return to;
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
    return isRecord(at(position, bytes), bytes);
  }

  /** Whether a record is whole, and no damage that was sealed as if it were. */
  private boolean isRecord(int at, int bytes) {
    return segment.isWhole(window, at, bytes, crc)
        && isReachable(ZpageHeader.generation(window, at));
  }

  /** Whether a store can have got as far: nothing it writes later would be newer than such. */
  static boolean isReachable(long generation) {
    return generation >= 0 && generation <= ZpageHeader.MOST_GENERATION;
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
