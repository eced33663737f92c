// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import io.pagestrata.tiers.file.index.LocationList;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Appends batches to the open segment of one stream, and goes on to the next segment.
 *
 * <p>A batch counts only after its one write succeeded; until then neither the end of the segment
 * nor its record table moves. What a failed write left is cut off and never written over: the nonce
 * of an encrypted record is made of its place, so another one must not go there. Not thread-safe:
 * the writeback stream is guarded by the tier's store lock, the cleaning stream by its maintenance
 * lock.
 */
final class SegmentWriter {
  private final FileTierSettings settings;
  private final Segments segments;
  private final FileLocators locators;
  private final Stream stream;
  private final RecordTable table;
  private ByteBuffer scratch = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
  private Segment open;

  /** The segment that was open before, at first one of an earlier run that has no footer. */
  private Segment former;

  /** Records of the open segment for the index; null without one. */
  private LocationList list;

  private boolean tailMayBeDirty;

  SegmentWriter(
      FileTierSettings settings, Segments segments, FileLocators locators, Stream stream) {
    this.settings = settings;
    this.segments = segments;
    this.locators = locators;
    this.stream = stream;
    HeaderParity parity =
        segments.isDurable()
            ? new HeaderParity(HeaderParity.rowsFor(settings.segmentBytes()))
            : HeaderParity.NONE;
    table = new RecordTable(settings.recordAlignment(), parity);
  }

  /**
   * Writes a batch and sets its locators; in a durable tier it is on the medium then. A failed
   * write or force is tried once more in a new segment.
   *
   * @return false when there is no room
   * @throws IOException when the medium failed; nothing of the batch is stored
   */
  boolean append(ZpageBatch batch, Origin origin) throws IOException {
    boolean afterFault = tailMayBeDirty;
    if ((open == null || afterFault || !fits(batch)) && !roll(origin)) {
      return false;
    }
    try {
      write(batch);
    } catch (IOException first) {
      tailMayBeDirty = true;
      if (afterFault) {
        throw first; // this was a new segment already
      }
      retryInNewSegment(batch, origin, first);
    }
    publish(batch, origin);
    return true;
  }

  private void retryInNewSegment(ZpageBatch batch, Origin origin, IOException first)
      throws IOException {
    try {
      if (roll(origin)) {
        write(batch);
        return;
      }
    } catch (IOException second) {
      tailMayBeDirty = true;
      first.addSuppressed(second);
    }
    throw first;
  }

  /** What {@link #append} writes at most, unless a write fails. */
  long mostBytes(ZpageBatch batch) {
    long bytes = AlignedBuffers.ceil(batch.bytes(), settings.blockBytes());
    if (open != null && fits(batch)) {
      return bytes;
    }
    long footerBytes =
        open == null
            ? 0
            : SegmentFormat.footerBytes(open.dataEnd(), table.bytesWritten(), alignment());
    return footerBytes + SegmentFormat.HEADER_BYTES + bytes;
  }

  private boolean fits(ZpageBatch batch) {
    long end = AlignedBuffers.ceil(open.dataEnd() + recordsBytes(batch), settings.blockBytes());
    int tableBytes = table.bytesWith(batch.count(), 1);
    return end + SegmentFormat.footerBytes(end, tableBytes, alignment()) <= open.grantedBytes();
  }

  /** What the length of a sealed file is a multiple of. */
  private int alignment() {
    return Math.max(settings.recordAlignment(), settings.blockBytes());
  }

  private void write(ZpageBatch batch) throws IOException {
    reserve(batch);
    try {
      open.write(
          settings.directIo() || open.cipher() != null
              ? records(batch)
              : batch.data().duplicate().flip(),
          open.dataEnd());
      if (segments.isDurable()) {
        // What a failed force leaves is not read again: the batch is written to another place.
        open.force();
      }
    } catch (RuntimeException | Error e) {
      tailMayBeDirty = true;
      throw e;
    }
  }

  /**
   * Does what can fail of {@link #publish}, before anything is written: a footer that leaves some
   * of its records out tells wrong places of all that follow.
   */
  private void reserve(ZpageBatch batch) {
    table.reserve(batch.count() + 1);
    for (int i = 0; i < batch.count(); i++) {
      open.noteDictionary(ZpageDictionary.of(batch.data(), batch.offset(i)));
    }
    try {
      if (list != null) {
        list.reserve(2 * batch.count());
      }
    } catch (OutOfMemoryError e) {
      // The index can do without this segment; writing cannot wait for so much memory.
      list = null;
    }
  }

  /** The records of a batch as they are on the medium. */
  private ByteBuffer records(ZpageBatch batch) throws IOException {
    int bytes = recordsBytes(batch);
    int blocks = (int) AlignedBuffers.ceil(bytes, settings.blockBytes());
    ByteBuffer buffer = scratch(blocks).clear();
    if (open.cipher() == null) {
      buffer.put(0, batch.data(), 0, bytes);
    } else {
      seal(batch, buffer);
    }
    zero(buffer, bytes, blocks);
    return buffer.limit(blocks);
  }

  /**
   * A zpage that was damaged in the batch, since it was looked at, fails a write that is to last.
   */
  private void seal(ZpageBatch batch, ByteBuffer buffer) throws IOException {
    int at = 0;
    for (int i = 0; i < batch.count(); i++) {
      int end = at + recordBytes(batch, i);
      int sealed =
          open.cipher()
              .seal(
                  batch.data(),
                  batch.offset(i),
                  paddedBytes(batch, i),
                  buffer,
                  at,
                  open.sequence(),
                  open.dataEnd() + at);
      if (segments.isDurable() && sealed == ZpageHeader.BYTES) {
        throw new IOException(
            "a zpage was damaged in memory on its way into "
                + open.name()
                + "; nothing is written");
      }
      zero(buffer, at + sealed, end);
      at = end;
    }
  }

  private static void zero(ByteBuffer buffer, int start, int end) {
    for (int i = start; i < end; i++) {
      buffer.put(i, (byte) 0);
    }
  }

  /** Length of one record, padding included. */
  private int recordBytes(ZpageBatch batch, int i) {
    int padded = paddedBytes(batch, i);
    if (open.cipher() == null) {
      return padded;
    }
    // A header that was damaged in RAM may claim more than there is.
    int bytes = Math.min(ZpageHeader.zpageBytes(batch.data(), batch.offset(i)), padded);
    return (int) AlignedBuffers.ceil(bytes + RecordCipher.TAG_BYTES, settings.recordAlignment());
  }

  private static int paddedBytes(ZpageBatch batch, int i) {
    int next = i + 1 < batch.count() ? batch.offset(i + 1) : batch.bytes();
    return next - batch.offset(i);
  }

  private int recordsBytes(ZpageBatch batch) {
    if (open.cipher() == null) {
      return batch.bytes();
    }
    int bytes = 0;
    for (int i = 0; i < batch.count(); i++) {
      bytes += recordBytes(batch, i);
    }
    return bytes;
  }

  private ByteBuffer scratch(int bytes) {
    if (scratch.capacity() < bytes) {
      scratch = AlignedBuffers.allocate(bytes);
    }
    return scratch;
  }

  /** Tells where the records are that were written. Must not fail: they are there. */
  private void publish(ZpageBatch batch, Origin origin) {
    long start = open.dataEnd();
    int bytes = recordsBytes(batch);
    long end = start + bytes;
    long newDataEnd = AlignedBuffers.ceil(end, settings.blockBytes());
    open.addLive(batch.count(), bytes / settings.recordAlignment());
    open.advance(newDataEnd, origin.youngest() == 0 ? open.sequence() : origin.youngest());
    int tombstones = table.tombstones();
    long position = start;
    for (int i = 0; i < batch.count(); i++) {
      int offset = batch.offset(i);
      int recordBytes = recordBytes(batch, i);
      table.addRecord(batch.data(), offset, recordBytes);
      if (list != null) {
        list(batch.data(), offset, position, recordBytes);
      }
      batch.setToLocator(i, locators.pack(open.slot(), position, recordBytes));
      position += recordBytes;
    }
    table.addGap((int) (newDataEnd - end));
    if (table.tombstones() > tombstones) {
      open.addTombstones(table.tombstones() - tombstones, origin.horizon());
    }
  }

  private void list(ByteBuffer memory, int offset, long position, int recordBytes) {
    int at = (int) (position / settings.recordAlignment());
    int units = recordBytes / settings.recordAlignment();
    if (ContentRecord.is(memory, offset)) {
      list.addSharing(memory, offset, at, units);
    } else {
      list.add(memory, offset, at, units, ZpageDictionary.of(memory, offset));
    }
  }

  /** The open segment with its records so far; null when there are none. */
  ScrubPass.Target written() {
    return open == null || table.records() == 0 ? null : new ScrubPass.Target(open, table.copy());
  }

  /** Ends a segment if it is the open one. */
  void finish(Segment segment) throws IOException {
    if (open == segment) {
      finish();
    }
  }

  /** Ends the open segment; its footer is on the medium then. */
  void finish() throws IOException {
    if (open != null) {
      Segment last = open;
      seal();
      last.force();
    }
  }

  /** Seals the open segment, which gives back what it did not use, and opens the next. */
  private boolean roll(Origin origin) throws IOException {
    if (open != null) {
      seal();
    }
    if (former == null) {
      former = segments.unsealed().poll();
    }
    open = segments.create(stream, origin.room(), former, scratch);
    table.clear();
    list = segments.index().newList();
    tailMayBeDirty = false;
    return open != null;
  }

  private void seal() {
    long end = open.dataEnd();
    long fileBytes = end + SegmentFormat.footerBytes(end, table.bytesWritten(), alignment());
    if (table.records() > 0 && tryWriteFooter(end, (int) (fileBytes - end))) {
      byte[] trailer = SegmentFormat.trailer(scratch, (int) (fileBytes - end));
      open.noteFooter(trailer);
      if (list != null) {
        segments.index().sealed(open.sequence(), open.forIndex(list), trailer);
      }
      segments.seal(open, fileBytes, null);
    } else {
      segments.seal(open, open.grantedBytes(), table.copy());
    }
    former = open;
    open = null;
    list = null;
  }

  /**
   * A segment without footer stays readable; its table is kept in memory for the cleaner. What its
   * file holds behind the records is unknown, so it is charged with its full size.
   */
  private boolean tryWriteFooter(long end, int bytes) {
    try {
      if (tailMayBeDirty) {
        open.truncate(end);
      }
      ByteBuffer footer = scratch(bytes);
      SegmentFormat.writeFooter(footer, table, end, open.sequence(), alignment());
      open.write(footer, end);
      return true;
    } catch (IOException counted) {
      return false;
    }
  }
}
