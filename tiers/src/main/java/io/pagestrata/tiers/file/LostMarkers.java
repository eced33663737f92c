// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.CheckedSegment.DamagedRecord;
import io.pagestrata.tiers.file.CheckedSegment.Fate;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes the segment that stands in for damaged records: tombstones again, and for a page that is
 * lost a record that says so, with the generation of the damaged one, so that no older record of
 * the page is taken for its content. For one thread.
 */
final class LostMarkers {
  /** Sequence of the segment, and offset in it, of the record that was damaged. */
  private static final int PAYLOAD_BYTES = 2 * Long.BYTES;

  private final Manifest owner;
  private final FileTierSettings settings;
  private final CRC32C crc = new CRC32C();

  LostMarkers(Manifest owner, int segmentBytes) {
    this.owner = owner;
    settings = HeaderSalvage.settings(owner.pageBytes(), segmentBytes);
  }

  private static boolean isWanted(DamagedRecord record) {
    return record.fate != Fate.SUPERSEDED;
  }

  /** How many records are wanted. */
  static long count(List<CheckedSegment> segments) {
    return segments.stream()
        .flatMap(it -> it.damaged.stream())
        .filter(LostMarkers::isWanted)
        .count();
  }

  /** Most bytes of one segment of them, and of all. */
  long bytes(long count) {
    return SegmentFormat.HEADER_BYTES + count * recordBytes() + footerBytes(count);
  }

  private int recordBytes() {
    return (int) AlignedBuffers.ceil(ZpageHeader.BYTES + PAYLOAD_BYTES, settings.recordAlignment());
  }

  private long footerBytes(long count) {
    return SegmentFormat.TRAILER_BYTES
        + settings.recordAlignment()
        + count * SegmentFormat.TABLE_ENTRY_BYTES
        + (long) HeaderParity.rowsFor(settings.segmentBytes()) * HeaderParity.ROW_BYTES;
  }

  /** How many a segment holds. */
  int mostInSegment() {
    long fixed = SegmentFormat.HEADER_BYTES + footerBytes(0);
    return (int)
        ((settings.segmentBytes() - fixed) / (recordBytes() + SegmentFormat.TABLE_ENTRY_BYTES));
  }

  /** One record that is wanted, and where it was. */
  record Place(long sequence, DamagedRecord record) {}

  /** All records that are wanted. */
  static List<Place> places(List<CheckedSegment> segments) {
    return segments.stream()
        .flatMap(
            segment ->
                segment.damaged.stream()
                    .filter(LostMarkers::isWanted)
                    .map(record -> new Place(segment.sequence, record)))
        .toList();
  }

  /** Writes a whole segment; it is on the medium then. */
  void write(SegmentFiles files, String name, long sequence, List<Place> places)
      throws IOException {
    int rows = HeaderParity.rowsFor(settings.segmentBytes());
    RecordTable table = new RecordTable(settings.recordAlignment(), new HeaderParity(rows));
    ByteBuffer buffer =
        ByteBuffer.allocate((int) bytes(places.size())).order(ByteOrder.LITTLE_ENDIAN);
    SegmentFormat.writeHeader(buffer, settings, owner, true, sequence, Stream.CLEANING, null);
    buffer.clear();
    int at = SegmentFormat.HEADER_BYTES;
    for (Place place : places) {
      int bytes = record(buffer, at, place);
      table.addRecord(buffer, at, bytes);
      at += bytes;
    }
    ByteBuffer footer = ByteBuffer.allocate((int) footerBytes(places.size()));
    SegmentFormat.writeFooter(footer, table, at, sequence, settings.recordAlignment());
    buffer.put(at, footer, 0, footer.limit()).limit(at + footer.limit()).position(0);
    files.delete(name);
    try (SegmentFile file = files.create(name)) {
      while (buffer.hasRemaining()) {
        if (file.write(buffer, buffer.position()) <= 0) {
          throw new IOException("the file takes no more bytes");
        }
      }
      file.force();
    }
  }

  private int record(ByteBuffer buffer, int at, Place place) {
    DamagedRecord record = place.record();
    ZpageHeader.write(
        buffer,
        at,
        record.pool,
        record.object,
        record.index,
        record.generation,
        record.tombstone ? PageCodec.NONE_ID : PageCodec.LOST_ID,
        record.tombstone ? ZpageHeader.FLAG_TOMBSTONE : 0,
        Integer.numberOfTrailingZeros(owner.pageBytes()),
        record.tombstone ? 0 : PAYLOAD_BYTES);
    if (!record.tombstone) {
      buffer.putLong(at + ZpageHeader.BYTES, place.sequence());
      buffer.putLong(at + ZpageHeader.BYTES + Long.BYTES, record.position);
    }
    ZpageHeader.seal(buffer, at, crc);
    return (int)
        AlignedBuffers.ceil(ZpageHeader.zpageBytes(buffer, at), settings.recordAlignment());
  }
}
