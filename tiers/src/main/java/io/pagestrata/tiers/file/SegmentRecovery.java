// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.tiers.file.index.LocationIndex;
import io.pagestrata.tiers.file.index.LocationList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Shows every record of every segment that an earlier run of a durable store left.
 *
 * <p>Sealed segments that the index has are taken from there. The others are read by {@link
 * SegmentReaders}, a few ahead of the one being shown; everything else happens on the one thread
 * that opens the store, segment by segment in the order of their sequences.
 *
 * <p>What a crash of the process left in the page cache is forced before the store opens: a sync
 * that finds nothing changed must not promise more than is on the medium. Segments without footer
 * are written again for that, as they are: after a force that failed, another one would succeed
 * without writing anything. Used once.
 */
final class SegmentRecovery {
  private static final Logger LOG = LogManager.getLogger(SegmentRecovery.class);

  /** What an operator who waits is told; the program shows it. */
  private static final Logger PROGRESS = LogManager.getLogger("pagestrata.recovery");

  private static final long PROGRESS_NANOS = 2_000_000_000L;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long MIB = 1 << 20;

  private final FileTierSettings settings;
  private final SegmentFiles files;
  private final Segments segments;
  private final FileLocators locators;
  private final FileCounters counters;
  private final Manifest manifest;
  private final DictionaryFiles dictionaries;
  private final LocationIndex index;
  private final PageLog.Visitor visitor;
  private final SegmentList known;
  private final SegmentScan scan;
  private final Shower shower;
  private final HeaderlessFiles headerless;
  private final Queue<Left> reading = new ArrayDeque<>();
  private final List<Unsealed> unsealed = new ArrayList<>();

  /** Where the records of segments end, as those say that came next; by their sequence. */
  private final Map<Long, Long> markedEnds = new HashMap<>();

  /** Shown after all others: of records with one generation the first is kept. */
  private final List<Runnable> damaged = new ArrayList<>();

  private long generation;
  private long records;
  private long damagedRecords;
  private int segmentsDone;
  private int segmentsFromIndex;
  private long readBytes;
  private long saidAt;

  /** A segment that an earlier run left, while it is being read. */
  private record Left(Segment segment, SegmentFormat.Header header, long bytes) {}

  /** One that was read and has no footer. */
  private record Unsealed(Left left, ReadSegment read) {}

  SegmentRecovery(
      FileTierSettings settings,
      SegmentFiles files,
      Segments segments,
      FileLocators locators,
      FileCounters counters,
      Manifest manifest,
      DictionaryFiles dictionaries,
      LocationIndex index,
      PageLog.Visitor visitor) {
    this.settings = settings;
    this.files = files;
    this.segments = segments;
    this.locators = locators;
    this.counters = counters;
    this.manifest = manifest;
    this.dictionaries = dictionaries;
    this.index = index;
    this.visitor = visitor;
    known = new SegmentList(manifest);
    scan = new SegmentScan(settings);
    headerless = new HeaderlessFiles(files, counters);
    shower = new Shower(settings.recordAlignment());
    generation = manifest.generation();
  }

  /** A generation that no record exceeds; that of a clean manifest at least. */
  long generation() {
    return generation;
  }

  /** Shows everything. */
  RecoveryStats run() throws IOException {
    SortedMap<Long, String> names = segments.names();
    known.checkAllAreThere(names);
    long start = System.nanoTime();
    saidAt = start;
    long mostBytes = (long) names.size() * settings.segmentBytes();
    try (SegmentReaders<SegmentScan, ReadSegment> readers =
        new SegmentReaders<>("pagestrata-recovery-", mostBytes, () -> new SegmentScan(settings))) {
      for (Map.Entry<Long, String> name : names.entrySet()) {
        begin(name.getKey(), name.getValue(), readers);
        while (readers.isFull()) {
          endFirst(readers);
        }
        tellProgress(names.size(), start);
      }
      while (!reading.isEmpty()) {
        endFirst(readers);
        tellProgress(names.size(), start);
      }
    }
    segmentsDone += headerless.putAway(markedEnds);
    for (Unsealed one : unsealed) {
      checkEnd(one.left(), one.read());
      boolean tornTail = !manifest.clean() && one.read().claimedEnd() <= 0;
      end(one.left(), one.read().end(), one.read().tableWithoutFooter(), tornTail);
    }
    damaged.forEach(Runnable::run);
    index.started();
    return tellEnd(System.nanoTime() - start);
  }

  private void tellProgress(int all, long start) {
    long now = System.nanoTime();
    if (now - saidAt > PROGRESS_NANOS) {
      saidAt = now;
      PROGRESS.info(
          "recovering {}: {} of {} segments, {} records, {} MiB/s read",
          settings.directory(),
          segmentsDone,
          all,
          records,
          Math.round(readBytes / MIB / ((now - start) / NANOS_PER_SECOND)));
    }
  }

  private RecoveryStats tellEnd(long nanos) {
    boolean toldProgress = nanos > PROGRESS_NANOS;
    (toldProgress ? PROGRESS : LOG)
        .log(
            records > 0 ? Level.INFO : Level.DEBUG,
            "opened {}: {} records in {} ms, {} of {} segments from the index, {} read",
            settings.directory(),
            records,
            nanos / 1_000_000,
            segmentsFromIndex,
            segmentsDone,
            segmentsDone - segmentsFromIndex);
    return new RecoveryStats(
        manifest.clean(),
        nanos,
        records,
        damagedRecords,
        segmentsDone,
        segmentsFromIndex,
        readBytes);
  }

  private void begin(long sequence, String name, SegmentReaders<SegmentScan, ReadSegment> readers)
      throws IOException {
    SegmentFile file = files.open(name);
    Left left;
    try {
      SegmentFormat.Header header = header(name, file);
      if (header == null) {
        if (known.isKnown() && known.end(sequence) > 0) {
          known.check(sequence, name, file.size());
        }
        file.close();
        headerless.add(sequence, name);
        return;
      }
      check(header, sequence, name);
      markedEnds.merge(header.former(), header.formerEnd(), Math::max);
      known.check(sequence, name, file.size());
      left = new Left(segments.adopt(name, file, header), header, file.size());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    long end = index.wasThere() ? scan.footer(left.segment(), left.bytes(), left.header()) : -1;
    if (end > 0) {
      known.checkFooter(sequence, name, scan.trailer());
    }
    if (end > 0 && recall(left.segment(), scan.trailer())) {
      left.segment().noteFooter(scan.trailer());
      end(left, end, null, false);
    } else {
      readers.begin(reader -> ReadSegment.of(left.segment(), left.bytes(), left.header(), reader));
      reading.add(left);
    }
  }

  /** Takes the records of a sealed segment from the index; false when it does not have them. */
  private boolean recall(Segment segment, byte[] trailer) throws IOException {
    shower.goOnTo(segment);
    // Reading it tells where the record is that claims to be newer than anything can be.
    if (!SegmentScan.isReachable(SegmentFormat.highestGeneration(trailer))
        || index.recall(segment.sequence(), trailer, shower) < 0) {
      return false;
    }
    segmentsFromIndex++;
    return true;
  }

  /** Shows what was read of the first segment, and gives the index its list when it is sealed. */
  private void endFirst(SegmentReaders<SegmentScan, ReadSegment> readers) throws IOException {
    ReadSegment read = readers.take();
    Left left = reading.remove();
    Segment segment = left.segment();
    readBytes += left.bytes();
    if (read.end() > 0) {
      known.checkFooter(segment.sequence(), segment.name(), read.trailer());
      segment.noteFooter(read.trailer());
    }
    shower.goOnTo(segment);
    read.list().show(shower);
    if (read.end() > 0) {
      // A damaged record may be the newest of all.
      generation = Math.max(generation, SegmentFormat.highestGeneration(read.trailer()));
    }
    for (ReadSegment.Damaged one : read.damaged()) {
      note(segment, one, SegmentFormat.highestGeneration(read.trailer()));
    }
    // Damage is to be reported at each start.
    if (read.end() > 0 && read.damaged().isEmpty()) {
      index.sealed(segment.sequence(), segment.forIndex(read.list()), read.trailer());
    }
    if (read.end() < 0) {
      // Where it ends, the header of a later one may say.
      unsealed.add(new Unsealed(left, read));
    } else {
      end(left, read.end(), null, false);
    }
  }

  /**
   * Looks whether a segment without footer holds everything that is known to have been forced: what
   * is missing may be the newest record of a page, and an older one would come back in its place.
   *
   * @throws IOException when it does not; what a crash explains is only told
   */
  private void checkEnd(Left left, ReadSegment read) throws IOException {
    SegmentFormat.Header header = left.header();
    String name = left.segment().name();
    long listed = known.isKnown() ? known.end(header.sequence()) : 0;
    SegmentEnd end =
        SegmentEnd.of(
            header,
            -read.end(),
            listed,
            read.claimedEnd(),
            markedEnds.getOrDefault(header.sequence(), 0L));
    if (end.isShort()) {
      throw new IOException(
          name
              + " offset "
              + end.end()
              + ": the records ended at "
              + end.forced()
              + ", and those from here on cannot be found"
              + SegmentList.ADVICE);
    }
    if (known.footerChecksum(header.sequence()) != 0) {
      counters.errors.increment();
      LOG.warn(
          "the footer of {} is damaged or was cut off since the store was closed; no record that"
              + " counts is missing",
          name);
    }
    for (ReadSegment.Passed passed : read.passed()) {
      if (passed.position() < end.tornFrom()) {
        counters.errors.increment();
        read.unknown(name, passed.position(), passed.bytes());
      }
      left.segment().noteTorn(passed.position());
      LOG.warn(
          "{} offset {}: {} bytes are no whole record: a part of the last write that was not kept"
              + " in a crash, or damaged since",
          name,
          passed.position(),
          passed.bytes());
    }
  }

  private void end(Left left, long end, RecordTable tableWithoutFooter, boolean tornTail)
      throws IOException {
    Segment segment = left.segment();
    long fileBytes = left.bytes();
    if (end < 0) {
      // Also after a clean stop: a write that failed before it may have left records here, of which
      // the system may say that they are written.
      long writtenTo = scan.rewrite(segment, -end);
      fileBytes = Math.max(fileBytes, writtenTo);
      if (tornTail && writtenTo < fileBytes) {
        // A part of a write that nobody was told of. Once the store was closed in order, bytes
        // behind the last record mean that a footer was damaged.
        segment.truncate(writtenTo);
        fileBytes = writtenTo;
      }
    }
    if (end < 0 || !manifest.clean()) {
      segment.force();
    }
    segment.advance(Math.abs(end), segment.sequence());
    if (end < 0) {
      segments.unsealed().push(segment);
    }
    if (segment.tombstones() > 0) {
      segment.closeHorizon(segments.lastSequence());
    }
    segments.seal(segment, fileBytes, tableWithoutFooter);
    segmentsDone++;
  }

  /** The header of a segment file; null when its making was cut off before any record was in it. */
  private SegmentFormat.Header header(String name, SegmentFile file) throws IOException {
    ByteBuffer start = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
    boolean complete = file.readFully(start, 0);
    SegmentFormat.Header header = complete ? SegmentFormat.readHeader(start) : null;
    if (header == null && file.size() > SegmentFormat.HEADER_BYTES) {
      throw new IOException("the header of " + name + " is damaged" + SegmentList.ADVICE);
    }
    return header;
  }

  private void check(SegmentFormat.Header header, long sequence, String name) throws IOException {
    Manifest.checkVersion(name, header.readVersion());
    if (!header.storeId().equals(manifest.storeId())) {
      throw new IOException(name + " belongs to another store" + SegmentList.ADVICE);
    }
    if (header.manifest() > manifest.number()) {
      throw new IOException("the manifest is older than " + name + SegmentList.ADVICE);
    }
    if (header.sequence() != sequence) {
      throw new IOException(
          name
              + " is a copy of another segment: it has the sequence "
              + header.sequence()
              + SegmentList.ADVICE);
    }
    if (header.pageBytes() != settings.pageBytes()
        || header.unitBytes() != settings.recordAlignment()) {
      throw new IOException(name + " has pages of " + header.pageBytes() + " bytes");
    }
  }

  /**
   * Notes a damaged record, which may be the newest of its page.
   *
   * @param highestGeneration of its segment; one that claims more would outlive every later put
   */
  private void note(Segment segment, ReadSegment.Damaged one, long highestGeneration)
      throws IOException {
    long claimed = Math.min(one.generation(), highestGeneration);
    counters.errors.increment();
    damagedRecords++;
    LOG.error(
        "{} offset {}: the record is damaged; page {} of object {} in pool {} cannot be read, if"
            + " that was its newest record",
        segment.name(),
        one.position(),
        Integer.toUnsignedLong(one.page()),
        one.object(),
        one.pool());
    long locator = locate(segment, one.pool(), one.tombstone(), one.position(), one.bytes());
    damaged.add(
        () ->
            visitor.record(
                one.pool(), one.object(), one.page(), claimed, one.tombstone(), locator));
  }

  /** Counts a record in its segment; returns its locator. */
  private long locate(Segment segment, int pool, boolean tombstone, long position, int bytes)
      throws IOException {
    if (Integer.compareUnsigned(pool, manifest.nextPool()) >= 0) {
      // Its id may be given to another pool, and the pages with it.
      throw new IOException(
          segment.name()
              + " offset "
              + position
              + ": a page of pool "
              + Integer.toUnsignedString(pool)
              + ", which the manifest does not know: it is older than the segments"
              + SegmentList.ADVICE);
    }
    segment.addLive(1, bytes / settings.recordAlignment());
    if (tombstone) {
      segment.addTombstones(1, 0);
    }
    records++;
    return locators.pack(segment.slot(), position, bytes);
  }

  /** Shows the records of a list. */
  private final class Shower implements LocationList.Sink {
    private final int unitBytes;
    private Segment segment;
    private boolean shares;
    private long contentGeneration;
    private int contentIndex;

    Shower(int unitBytes) {
      this.unitBytes = unitBytes;
    }

    /** Says whose records follow. */
    void goOnTo(Segment next) {
      segment = next;
      shares = false;
    }

    @Override
    public void content(long newGeneration, int newIndex) {
      shares = true;
      contentGeneration = newGeneration;
      contentIndex = newIndex;
    }

    @Override
    public void record(
        int pool,
        long object,
        int page,
        long recordGeneration,
        boolean tombstone,
        int position,
        int units,
        int dictionary)
        throws IOException {
      if (dictionary != 0) {
        dictionaries.needs(dictionary);
        segment.noteDictionary(dictionary);
      }
      if (recordGeneration > generation) {
        generation = recordGeneration;
      }
      long offset = (long) position * unitBytes;
      long locator = locate(segment, pool, tombstone, offset, units * unitBytes);
      if (shares) {
        shares = false;
        visitor.sharedRecord(
            pool, object, page, recordGeneration, contentGeneration, contentIndex, locator);
      } else {
        visitor.record(pool, object, page, recordGeneration, tombstone, locator);
      }
    }
  }
}
