// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.crypt.RecordCipher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a check knows of one segment file. Mutable while it is looked at; for one thread. */
final class CheckedSegment {
  String name;
  final int ordinal;
  long sequence;
  long fileBytes;

  /** What the file header says, or was found to have said. */
  SegmentFormat.Header header;

  /** The right bytes of a file header that is damaged, else null. */
  byte[] headerBytes;

  boolean sealed;
  long end;

  /** Where its records end, as the segment says that came next; 0 when that is gone. */
  long markedEnd;

  long records;
  long tombstones;
  long recordBytes;
  long payloadBytes;
  long liveRecords;
  long liveBytes;
  long lowestGeneration = Long.MAX_VALUE;
  long highestGeneration;
  final Map<Integer, Long> payloadByCodec = new TreeMap<>();
  final List<DamagedRecord> damaged = new ArrayList<>();
  private final Set<Long> damagedAt = new HashSet<>();

  /** Whether the file went away while it was looked at. */
  boolean gone;

  /** Whether its records are those of the store. */
  boolean usable;

  /** Whether a repair moves the file out of the way. */
  boolean setAside;

  /** Whether that may lose the present content of pages. */
  boolean setAsideLoses;

  /** Whether a repair has to write it again. */
  boolean needsRewrite;

  /** Whether that goes on without something that may be the present content of pages. */
  boolean losesUnknown;

  CheckedSegment(String name, int ordinal) {
    this.name = name;
    this.ordinal = ordinal;
    sequence = SegmentNames.sequence(name);
  }

  /**
   * The segment as a reader takes it.
   *
   * @param cipher of its records, or null
   */
  Segment toScan(SegmentFile file, RecordCipher cipher, FileCounters counters) {
    return new Segment(0, sequence, name, file, fileBytes, header.blockBytes(), cipher, counters);
  }

  void addDamaged(DamagedRecord record) {
    damaged.add(record);
    damagedAt.add(record.position);
  }

  /** What a trailer says of these records when it is theirs. */
  SegmentFormat.Sums sums() {
    return new SegmentFormat.Sums(
        (int) records, payloadBytes, lowestGeneration, highestGeneration, (int) tombstones);
  }

  boolean isDamagedAt(long position) {
    return damagedAt.contains(position);
  }

  /** What becomes of a damaged record whose page is known. */
  enum Fate {
    /** A newer or equal record is whole, or its pool is gone. */
    SUPERSEDED,
    /** It says that a page was removed, which is all that it said. */
    TOMBSTONE,
    /** It was the page. */
    LOST,
    /** It is whole, but the content that its page shares is not there. */
    WITHOUT_CONTENT
  }

  /** A record that is not as it was written, or is of no use, with what its page is known to be. */
  static final class DamagedRecord {
    final long position;
    final int bytes;
    final int pool;
    final long object;
    final int index;
    final long generation;
    final boolean tombstone;
    Fate fate = Fate.SUPERSEDED;

    DamagedRecord(
        long position,
        int bytes,
        int pool,
        long object,
        int index,
        long generation,
        boolean tombstone) {
      this.position = position;
      this.bytes = bytes;
      this.pool = pool;
      this.object = object;
      this.index = index;
      this.generation = generation;
      this.tombstone = tombstone;
    }
  }
}
