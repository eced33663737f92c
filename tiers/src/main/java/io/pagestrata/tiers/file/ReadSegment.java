// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.ZpageDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.index.LocationList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What reading a segment of a durable store from end to end found. Filled by one thread. */
final class ReadSegment implements SegmentScan.Sink {
  /** A record whose checksum does not match, as far as sums and header tell. */
  record Damaged(
      int pool,
      long object,
      int page,
      long generation,
      boolean tombstone,
      long position,
      int bytes) {}

  /** Bytes between records of a segment without footer that are no whole record. */
  record Passed(long position, int bytes) {}

  private final Segment segment;
  private final int unitBytes;
  private final LocationList list;
  private final List<Damaged> damaged = new ArrayList<>();
  private final List<Passed> passed = new ArrayList<>();
  private long end;
  private long claimedEnd;
  private byte[] trailer;
  private RecordTable tableWithoutFooter;

  private ReadSegment(Segment segment, int unitBytes, int records) {
    this.segment = segment;
    this.unitBytes = unitBytes;
    list = new LocationList(records);
  }

  /**
   * Reads a segment.
   *
   * @param bytes length of its file
   * @param header what its file header says
   * @param scan a reader of the calling thread
   */
  static ReadSegment of(Segment segment, long bytes, SegmentFormat.Header header, SegmentScan scan)
      throws IOException {
    scan.footer(segment, bytes, header);
    ReadSegment read = new ReadSegment(segment, header.unitBytes(), scan.table().records());
    read.end = scan.scan(segment, bytes, header, read);
    read.claimedEnd = scan.claimedEnd();
    if (read.end > 0) {
      read.trailer = scan.trailer();
    } else {
      read.tableWithoutFooter = scan.table().copy();
    }
    return read;
  }

  @Override
  public void record(ByteBuffer memory, int offset, long position, int recordBytes, boolean whole) {
    if (!whole) {
      damaged.add(
          new Damaged(
              ZpageHeader.pool(memory, offset),
              ZpageHeader.object(memory, offset),
              ZpageHeader.index(memory, offset),
              ZpageHeader.generation(memory, offset),
              (ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0,
              position,
              recordBytes));
      return;
    }
    int at = (int) (position / unitBytes);
    int units = recordBytes / unitBytes;
    int codec = ZpageHeader.codec(memory, offset);
    if (codec != PageCodec.ZSTD_DICTIONARY_ID && codec != PageCodec.CONTENT_ID) {
      list.add(memory, offset, at, units, 0);
      return;
    }
    ByteBuffer opened = opened(memory, offset, position, recordBytes);
    if (opened == null) {
      // Sealed by an intruder: a get says so.
      list.add(memory, offset, at, units, 0);
    } else if (ContentRecord.is(opened, 0)) {
      list.addSharing(opened, 0, at, units);
    } else {
      list.add(opened, 0, at, units, ZpageDictionary.of(opened, 0));
    }
  }

  @Override
  public void passed(long position, int recordBytes) {
    passed.add(new Passed(position, recordBytes));
  }

  /** A copy that is not encrypted, since the bytes may have to be written again as they are. */
  private ByteBuffer opened(ByteBuffer memory, int offset, long position, int recordBytes) {
    ByteBuffer record = ByteBuffer.allocate(recordBytes).order(memory.order());
    record.put(0, memory, offset, recordBytes);
    return segment.openRecord(record, 0, recordBytes, position) ? record : null;
  }

  /** Where the footer begins, or minus the end of the records when there is none. */
  long end() {
    return end;
  }

  /** The records that are whole. */
  LocationList list() {
    return list;
  }

  List<Damaged> damaged() {
    return damaged;
  }

  /** In the order of their positions; empty with a footer. */
  List<Passed> passed() {
    return passed;
  }

  /** Where a trailer says that the records end, be it whole or not; 0 when there is none. */
  long claimedEnd() {
    return claimedEnd;
  }

  /** The last bytes of the file; null without footer. */
  byte[] trailer() {
    return trailer;
  }

  /** Lengths of the records when there is no footer to tell them, else null. */
  RecordTable tableWithoutFooter() {
    return tableWithoutFooter;
  }
}
