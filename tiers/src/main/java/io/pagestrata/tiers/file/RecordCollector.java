// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.CheckStoppedException;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Reads the records of segments into one list, some segments ahead of the one that is added. For
 * one caller.
 */
final class RecordCollector {
  private final Supplier<SegmentExam> exams;
  private final CheckProgress progress;
  private final Examined all;
  private long collected;

  /**
   * Which records are wanted: those of some pages, or those of some generations.
   *
   * @param parts how many parts there are
   * @param part number of the one that is wanted, from 0
   * @param generations whether they are parts of the generations
   */
  record Part(long parts, long part, boolean generations) {
    static final Part ALL = new Part(1, 0, false);

    private boolean has(int pool, long object, int index, long generation) {
      long hash = generations ? generation : object * 31 + index * 17L + pool;
      return Long.remainderUnsigned(hash * 0x9e3779b97f4a7c15L >>> 20, parts) == part;
    }
  }

  /**
   * Makes it for one directory.
   *
   * @param exams makes what reads a segment, for each thread
   * @param all takes everything but records when segments are read for the first time
   */
  RecordCollector(Supplier<SegmentExam> exams, CheckProgress progress, Examined all) {
    this.exams = exams;
    this.progress = progress;
    this.all = all;
  }

  /** How many records the last part had, those that were not kept included. */
  long collected() {
    return collected;
  }

  /**
   * Collects the records of a part.
   *
   * @param mostRecords that the list takes
   * @param first whether nobody has looked at these segments yet
   * @return false when there were more
   */
  boolean collect(
      List<CheckedSegment> segments, RecordList records, Part part, long mostRecords, boolean first)
      throws IOException {
    records.clear();
    collected = 0;
    long bytes = segments.stream().mapToLong(segment -> segment.fileBytes).sum();
    Queue<CheckedSegment> begun = new ArrayDeque<>();
    try (SegmentReaders<SegmentExam, Examined> readers =
        new SegmentReaders<>("pagestrata-check-", bytes, exams)) {
      for (CheckedSegment segment : segments) {
        if (progress.isStopped()) {
          throw new CheckStoppedException();
        }
        readers.begin(exam -> read(exam, segment, part, first));
        begun.add(segment);
        while (readers.isFull()) {
          take(readers, begun.remove(), records, mostRecords);
        }
      }
      while (!begun.isEmpty()) {
        take(readers, begun.remove(), records, mostRecords);
      }
    }
    return collected <= mostRecords;
  }

  private void take(
      SegmentReaders<SegmentExam, Examined> readers,
      CheckedSegment segment,
      RecordList records,
      long mostRecords)
      throws IOException {
    Examined read = readers.take();
    all.add(read);
    records.addAll(read.records(), Math.max(0, mostRecords - collected));
    collected += read.records().size();
    progress.advance(segment.fileBytes);
  }

  private static Examined read(SegmentExam exam, CheckedSegment segment, Part part, boolean first)
      throws IOException {
    Examined examined = new Examined();
    Collector sink = new Collector(examined, segment, part, first);
    try {
      if (first) {
        exam.examine(segment, sink, examined);
      } else {
        exam.show(segment, sink);
      }
    } catch (NoSuchFileException e) {
      // A store that runs meanwhile has deleted it: its records are dead.
      segment.gone = true;
      segment.usable = false;
    }
    return examined;
  }

  /** Puts the records of a segment that belong to a part into a list. */
  private static final class Collector implements SegmentExam.Sink {
    private final Examined examined;
    private final CheckedSegment segment;
    private final int unitBytes;
    private final Part part;
    private final boolean first;

    Collector(Examined examined, CheckedSegment segment, Part part, boolean first) {
      this.examined = examined;
      this.segment = segment;
      unitBytes = segment.header.unitBytes();
      this.part = part;
      this.first = first;
    }

    @Override
    public void record(ByteBuffer memory, int offset, long position, int bytes, int flags) {
      int pool = ZpageHeader.pool(memory, offset);
      if (first && (flags & RecordList.DAMAGED) == 0) {
        examined.pools().add(pool);
      }
      add(
          pool,
          ZpageHeader.object(memory, offset),
          ZpageHeader.index(memory, offset),
          ZpageHeader.generation(memory, offset),
          position,
          bytes,
          flags);
    }

    @Override
    public void reference(int pool, int index, long generation, long position, int bytes) {
      if (!part.generations()) {
        add(pool, 0, index, generation, position, bytes, RecordList.REFERENCE);
      }
    }

    private void add(
        int pool, long object, int index, long generation, long position, int bytes, int flags) {
      if (part.has(pool, object, index, generation)) {
        examined
            .records()
            .add(
                pool,
                object,
                index,
                generation,
                segment.ordinal,
                position / unitBytes,
                bytes / unitBytes,
                flags);
      }
    }
  }
}
