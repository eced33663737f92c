// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.ZpageDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.CipherPool;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.CheckedSegment.DamagedRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads all records of segments whose headers are known, and says what is wrong with them. Of
 * encrypted ones the payloads are opened when the key is there, else checksums have to do. For one
 * thread.
 */
final class SegmentExam {
  private final SegmentFiles files;
  private final SegmentList list;
  private final FileEncryption encryption;
  private final FileCounters counters = new FileCounters();
  private final CRC32C crc = new CRC32C();
  private SegmentKeys keys;
  private SegmentScan scan;
  private int pageBytes;

  /** Dictionaries that are there; null where they have no files. */
  private final BitSet wholeDictionaries;

  /** Takes the records of one segment. */
  interface Sink {
    /**
     * Takes a record.
     *
     * @param flags see {@link RecordList}
     */
    void record(ByteBuffer memory, int offset, long position, int bytes, int flags)
        throws IOException;

    /**
     * Takes what the record shown just before names, which is the record of a page that shares.
     *
     * @param position of that record
     * @param bytes its length
     */
    default void reference(int pool, int index, long generation, long position, int bytes) {}
  }

  SegmentExam(
      SegmentFiles files, SegmentList list, FileEncryption encryption, BitSet wholeDictionaries) {
    this.files = files;
    this.list = list;
    this.encryption = encryption;
    this.wholeDictionaries = wholeDictionaries;
  }

  /** Looks at everything in a segment. */
  void examine(CheckedSegment segment, Sink sink, Examined examined) throws IOException {
    CheckFindings findings = examined.findings();
    Records records = new Records(segment, sink, examined);
    long end;
    try (SegmentFile file = files.open(segment.name)) {
      end = scan(segment, file, records);
      segment.sealed = end > 0;
      segment.end = Math.abs(end);
      if (segment.sealed) {
        checkSums(segment, file, findings);
      } else {
        checkEnd(segment, records, findings);
      }
    }
    if (records.filled > 0) {
      segment.needsRewrite = true;
      findings.tidy(
          segment.name,
          records.firstFilled,
          (records.filled == 1 ? "a record is" : records.filled + " records are")
              + " followed by bytes that are no zeroes, which nobody reads",
          "the segment is written again with zeroes");
    }
    segment.needsRewrite |=
        !segment.sealed || !segment.damaged.isEmpty() || segment.headerBytes != null;
  }

  /** Shows the records of a segment that was examined before. */
  void show(CheckedSegment segment, Sink sink) throws IOException {
    try (SegmentFile file = files.open(segment.name)) {
      scan(segment, file, new Records(segment, sink, null));
    }
  }

  private long scan(CheckedSegment segment, SegmentFile file, Records records) throws IOException {
    SegmentFormat.Header header = segment.header;
    if (keys == null || pageBytes != header.pageBytes()) {
      pageBytes = header.pageBytes();
      keys = new SegmentKeys(encryption, pageBytes);
      scan = new SegmentScan(HeaderSalvage.settings(pageBytes, FileTierSettings.MAX_SEGMENT_BYTES));
    }
    RecordCipher cipher = null;
    if (header.seal() != null) {
      boolean known = keys.has(header.seal());
      cipher = known ? keys.of(header, segment.name) : standIn(header);
      records.opening = known ? cipher : null;
      if (!known && records.first) {
        records.examined.addUnopened();
      }
    }
    return scan.scan(segment.toScan(file, cipher, counters), segment.fileBytes, header, records);
  }

  /** In place of a missing key: says how long records are, and is never asked to open one. */
  private static RecordCipher standIn(SegmentFormat.Header header) {
    return RecordCipher.ephemeral(new CipherPool(header.pageBytes()));
  }

  private void checkSums(CheckedSegment segment, SegmentFile file, CheckFindings findings)
      throws IOException {
    ByteBuffer trailer = read(file, segment.fileBytes - SegmentFormat.TRAILER_BYTES);
    if (segment.damaged.isEmpty()
        && !segment.losesUnknown
        && segment.records > 0
        && !SegmentFormat.sums(trailer, 0).equals(segment.sums())) {
      findings.damage(
          segment.name,
          segment.end,
          "the sums in the footer are not those of the records",
          "",
          "the segment is written again with a right footer");
      segment.needsRewrite = true;
    }
  }

  private ByteBuffer read(SegmentFile file, long position) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate(SegmentFormat.TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.readFully(buffer, position);
    return buffer;
  }

  /** Says how a segment without footer ends. */
  private void checkEnd(CheckedSegment segment, Records records, CheckFindings findings) {
    long listed = list.isKnown() ? list.end(segment.sequence) : 0;
    long claimed = scan.claimedEnd();
    SegmentEnd end = SegmentEnd.of(segment.header, segment.end, listed, claimed, segment.markedEnd);
    if (end.isShort()) {
      segment.losesUnknown = true;
      findings.unknownLoss(
          segment.name,
          segment.end,
          "the records ended at byte "
              + end.forced()
              + ", and those from here on cannot be found: the file was cut off, or it is damaged",
          "the segment is written again with the records before");
    } else if (claimed > 0
        || list.footerChecksum(segment.sequence) != 0
        || listed > 0 && segment.fileBytes > end.end()) {
      findings.damage(
          segment.name,
          segment.end,
          claimed == 0 && segment.fileBytes <= end.end()
              ? "the footer was cut off"
              : "the footer is damaged",
          "",
          "the segment is written again with a new footer");
    } else if (listed == 0) {
      // A segment that had none already when the store was closed in order is as it was left.
      long behind = segment.fileBytes - end.end();
      findings.tidy(
          segment.name,
          "has no footer, as after a crash: "
              + segment.records
              + " records"
              + (behind > 0 ? ", then " + behind + " bytes of an unfinished write" : ""),
          "the segment is written again with a footer");
    }
    for (long[] passed : records.passed) {
      if (passed[0] < end.tornFrom()) {
        segment.losesUnknown = true;
        findings.unknownLoss(
            segment.name,
            passed[0],
            passed[1] + " bytes are no whole record, and nothing tells which page was there",
            "the segment is written again without them");
      } else {
        findings.note(
            segment.name,
            passed[0],
            passed[1]
                + " bytes are no whole record: a part of the last write that was not kept, or"
                + " damaged since");
      }
    }
  }

  /** Takes the records of one scan. */
  private final class Records implements SegmentScan.Sink {
    private final CheckedSegment segment;
    private final Sink sink;
    private final boolean first;

    /** Null when the segment was examined before. */
    private final Examined examined;

    private final List<long[]> passed = new ArrayList<>();
    private final ByteBuffer opened;
    private RecordCipher opening;
    private long filled;
    private long firstFilled;

    Records(CheckedSegment segment, Sink sink, Examined examined) {
      this.segment = segment;
      this.sink = sink;
      this.examined = examined;
      first = examined != null;
      opened =
          ByteBuffer.allocate(
                  2 * segment.header.pageBytes() + ZpageHeader.BYTES + RecordCipher.TAG_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void record(ByteBuffer memory, int offset, long position, int bytes, boolean whole)
        throws IOException {
      boolean named =
          ContentRecord.is(memory, offset)
              || ZpageHeader.codec(memory, offset) == PageCodec.ZSTD_DICTIONARY_ID;
      boolean right = whole && opens(memory, offset, bytes, position, named);
      boolean tombstone = (ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0;
      int flags = tombstone ? RecordList.TOMBSTONE : 0;
      if (!right) {
        flags |= RecordList.DAMAGED;
        if (first) {
          segment.addDamaged(
              new DamagedRecord(
                  position,
                  bytes,
                  ZpageHeader.pool(memory, offset),
                  ZpageHeader.object(memory, offset),
                  ZpageHeader.index(memory, offset),
                  ZpageHeader.generation(memory, offset),
                  tombstone));
        }
      } else if (first) {
        count(memory, offset, bytes, tombstone);
        checkFill(memory, offset, position, bytes);
      }
      if (right && ZpageHeader.codec(memory, offset) == PageCodec.LOST_ID && !tombstone) {
        flags |= RecordList.LOST;
      }
      // What an encrypted record names is known when it was opened.
      boolean readable = segment.header.seal() == null || opening != null;
      if (right && named && readable) {
        boolean encrypted = opening != null;
        showNamed(
            encrypted ? opened : memory,
            encrypted ? 0 : offset,
            memory,
            offset,
            position,
            bytes,
            flags);
      } else {
        sink.record(memory, offset, position, bytes, flags);
      }
    }

    private boolean opens(ByteBuffer memory, int offset, int bytes, long position, boolean named) {
      // A record that was found to be of no use when it was looked at first stays so.
      boolean good = first || !segment.isDamagedAt(position);
      if (!good || opening == null || !first && !named) {
        return good;
      }
      opened.clear().put(0, memory, offset, bytes);
      return opening.open(opened, 0, bytes, segment.sequence, position);
    }

    private void count(ByteBuffer memory, int offset, int bytes, boolean tombstone) {
      long generation = ZpageHeader.generation(memory, offset);
      int stored = ZpageHeader.storedBytes(memory, offset);
      segment.records++;
      segment.recordBytes += bytes;
      segment.payloadBytes += stored;
      segment.lowestGeneration = Math.min(segment.lowestGeneration, generation);
      segment.highestGeneration = Math.max(segment.highestGeneration, generation);
      if (tombstone) {
        segment.tombstones++;
      } else {
        segment.payloadByCodec.merge(ZpageHeader.codec(memory, offset), (long) stored, Long::sum);
      }
    }

    /** Shows a record with the dictionary or the content that its opened zpage names. */
    private void showNamed(
        ByteBuffer zpage,
        int at,
        ByteBuffer memory,
        int offset,
        long position,
        int bytes,
        int flags)
        throws IOException {
      if (ContentRecord.is(zpage, at)) {
        int pool = ContentRecord.pool(zpage, at);
        if (first) {
          examined.contentPools().add(pool);
        }
        sink.record(memory, offset, position, bytes, flags);
        sink.reference(
            pool,
            ContentRecord.index(zpage, at),
            ContentRecord.generation(zpage, at),
            position,
            bytes);
        return;
      }
      int id = ZpageDictionary.of(zpage, at);
      if (first) {
        examined.dictionaries().merge(id, 1L, Long::sum);
      }
      boolean there = wholeDictionaries == null || wholeDictionaries.get(id);
      sink.record(
          memory, offset, position, bytes, there ? flags : flags | RecordList.NO_DICTIONARY);
    }

    private void checkFill(ByteBuffer memory, int offset, long position, int bytes) {
      int tag = segment.header.seal() == null ? 0 : RecordCipher.TAG_BYTES;
      for (int i = ZpageHeader.zpageBytes(memory, offset) + tag; i < bytes; i++) {
        if (memory.get(offset + i) != 0) {
          firstFilled = filled++ == 0 ? position : firstFilled;
          return;
        }
      }
    }

    @Override
    public void unknown(String name, long position, int bytes) {
      segment.losesUnknown = true;
      segment.needsRewrite = true;
      if (first) {
        examined
            .findings()
            .unknownLoss(
                name,
                position,
                "a record is damaged, and nothing tells which page it held",
                "the record is dropped");
      }
    }

    @Override
    public void passed(long position, int bytes) {
      passed.add(new long[] {position, bytes});
    }
  }
}
