// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.tier.ContentRecord;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageDictionary;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.index.IndexMode;
import io.pagestrata.tiers.file.index.LocationIndex;
import io.pagestrata.tiers.file.index.LocationList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The segments and the manifest of a durable tier, as the store sees them at its start, in a sync
 * and at its end.
 *
 * <p>Recovery shows every record of every segment and changes nothing but the manifest, so it can
 * be repeated. What a crash of the process left in the page cache is forced before the store opens:
 * a sync that finds nothing changed must not promise more than is on the medium. Segments without
 * footer are written again for that, as they are: after a force that failed, another one would
 * succeed without writing anything.
 *
 * <p>Thread-safe; {@code this} guards the manifest.
 */
final class SegmentLog implements PageLog {
  private static final Logger LOG = LogManager.getLogger(SegmentLog.class);
  private static final long PROGRESS_NANOS = 2_000_000_000L;

  private final FileTierSettings settings;
  private final SegmentFiles files;
  private final Segments segments;
  private final FileLocators locators;
  private final FileCounters counters;
  private final ManifestFiles manifests;
  private final DictionaryFiles dictionaries;
  private final Appender appender;
  private final LocationIndex index;
  private final List<Runnable> damaged = new ArrayList<>();
  private Manifest manifest;
  private boolean uncertain;
  private Visitor visitor;
  private long generation;
  private long records;
  private int segmentsFromIndex;

  /** What the log asks of its tier. */
  interface Appender {
    /** Stores a batch for a sync. */
    TierOutcome append(ZpageBatch batch) throws IOException;

    /** Ends writing for good. */
    void finish() throws IOException;
  }

  /** Opens the index of a store. */
  @FunctionalInterface
  interface IndexSource {
    LocationIndex open(UUID storeId) throws IOException;

    /** That of the directory of a tier. */
    static IndexSource of(FileTierSettings settings, IndexMode mode) {
      return storeId ->
          LocationIndex.open(
              mode,
              settings.directory(),
              storeId,
              settings.maxBytes(),
              settings.segmentBytes(),
              settings.segmentSlots());
    }
  }

  /** Reads the manifest, or makes one for a new store. */
  SegmentLog(
      FileTierSettings settings,
      SegmentFiles files,
      Segments segments,
      SegmentKeys keys,
      FileLocators locators,
      FileCounters counters,
      Appender appender,
      IndexSource indexes)
      throws IOException {
    this.settings = settings;
    this.files = files;
    this.segments = segments;
    this.locators = locators;
    this.counters = counters;
    this.appender = appender;
    Repair.checkNoneIsUnderWay(files);
    manifests = new ManifestFiles(files);
    manifest = manifests.load();
    if (manifest == null) {
      segments.deleteLeftOvers();
      new DictionaryFiles(files, new UUID(0, 0), keys).deleteAll();
      manifest = Manifest.ofNewStore(settings.pageBytes());
      manifests.save(manifest);
    }
    if (manifest.pageBytes() != settings.pageBytes()) {
      throw new IOException(
          "the store has pages of "
              + manifest.pageBytes()
              + " bytes, and is configured for "
              + settings.pageBytes());
    }
    segments.belongTo(manifest);
    dictionaries = new DictionaryFiles(files, manifest.storeId(), keys);
    dictionaries.checkKeys();
    index = indexes.open(manifest.storeId());
    segments.setIndex(index);
  }

  @Override
  public synchronized List<SavedPool> pools() {
    return manifest.pools();
  }

  @Override
  public synchronized int nextPool() {
    return manifest.nextPool();
  }

  @Override
  public synchronized void savePools(List<SavedPool> pools, int nextPool) throws IOException {
    save(manifest.withPools(pools, nextPool));
  }

  private void save(Manifest next) throws IOException {
    try {
      manifests.save(next);
    } catch (IOException e) {
      counters.errors.increment();
      // It may be on the medium or not: its number is used, and the next sync settles it.
      manifest = manifest.withNumber(next.number());
      uncertain = true;
      throw e;
    }
    manifest = next;
    segments.belongTo(next);
    uncertain = false;
  }

  @Override
  public synchronized long recover(Visitor newVisitor) throws IOException {
    visitor = newVisitor;
    generation = manifest.generation();
    SegmentScan scan = new SegmentScan(settings);
    SortedMap<Long, String> names = segments.names();
    SegmentList list = new SegmentList(manifest);
    list.checkAllAreThere(names);
    long start = System.nanoTime();
    long said = start;
    int done = 0;
    for (Map.Entry<Long, String> name : names.entrySet()) {
      recover(name.getKey(), name.getValue(), scan, list);
      done++;
      if (System.nanoTime() - said > PROGRESS_NANOS) {
        said = System.nanoTime();
        LOG.info(
            "recovering {}: {} of {} segments read, {} records",
            settings.directory(),
            done,
            names.size(),
            records);
      }
    }
    damaged.forEach(Runnable::run);
    damaged.clear();
    index.started();
    long millis = (System.nanoTime() - start) / 1_000_000;
    LOG.log(
        records > 0 ? Level.INFO : Level.DEBUG,
        "opened {}: {} records in {} ms, {} of {} segments from the index, {} read",
        settings.directory(),
        records,
        millis,
        segmentsFromIndex,
        done,
        done - segmentsFromIndex);
    if (manifest.clean() && generation > manifest.generation()) {
      throw new IOException("the manifest is older than the segments: generation " + generation);
    }
    dictionaries.retain(id -> manifest.pools().stream().anyMatch(pool -> pool.id() == id));
    save(manifest.unclean());
    // What the highest generations superseded is so on the medium.
    segments.beginSync();
    segments.endSync();
    return generation;
  }

  private void recover(long sequence, String name, SegmentScan scan, SegmentList list)
      throws IOException {
    SegmentFile file = files.open(name);
    Segment segment;
    SegmentFormat.Header header;
    try {
      header = header(name, file);
      if (header == null) {
        if (list.isKnown() && list.end(sequence) > 0) {
          list.check(sequence, name, file.size());
        }
        file.close();
        files.delete(name);
        return;
      }
      check(header, sequence, name);
      list.check(sequence, name, file.size());
      segment = segments.adopt(name, file, header);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    long bytes = file.size();
    int tombstonesBefore = segment.tombstones();
    long end = scan.footer(segment, bytes, header);
    if (end < 0 || !recall(segment, scan.trailer())) {
      end = read(segment, bytes, header, scan);
    }
    if (end < 0) {
      // Also after a clean stop: a write that failed before it may have left records here, of which
      // the system may say that they are written.
      scan.rewrite(-end);
    }
    if (end < 0 || !manifest.clean()) {
      segment.force();
    }
    segment.advance(Math.abs(end), sequence);
    if (segment.tombstones() > tombstonesBefore) {
      segment.closeHorizon(segments.lastSequence());
    }
    segments.seal(segment, bytes, end > 0 ? null : scan.table().copy());
  }

  /** Takes the records of a sealed segment from the index; false when it does not have them. */
  private boolean recall(Segment segment, byte[] trailer) throws IOException {
    int recalled =
        index.recall(
            segment.sequence(),
            trailer,
            (pool, object, page, recordGeneration, tombstone, position, units, dictionary) -> {
              needs(segment, dictionary);
              generation = Math.max(generation, recordGeneration);
              long offset = (long) position * settings.recordAlignment();
              int bytes = units * settings.recordAlignment();
              show(
                  segment,
                  pool,
                  object,
                  page,
                  recordGeneration,
                  tombstone,
                  offset,
                  bytes,
                  true,
                  null);
            });
    if (recalled < 0) {
      return false;
    }
    segmentsFromIndex++;
    return true;
  }

  /** Reads the records of a segment, and gives the index those of a sealed one. */
  private long read(Segment segment, long bytes, SegmentFormat.Header header, SegmentScan scan)
      throws IOException {
    LocationList list = index.newList();
    int unit = settings.recordAlignment();
    long damagedBefore = counters.errors.sum();
    long end =
        scan.scan(
            segment,
            bytes,
            header,
            (memory, offset, position, recordBytes, whole) -> {
              int dictionary = show(segment, memory, offset, position, recordBytes, whole);
              if (list != null) {
                list.add(memory, offset, (int) (position / unit), recordBytes / unit, dictionary);
              }
            });
    // Damage is to be reported at each start.
    if (list != null && end > 0 && counters.errors.sum() == damagedBefore) {
      index.sealed(segment.sequence(), list, scan.trailer());
    }
    return end;
  }

  /** The header of a segment file; null when its making was cut off before any record was in it. */
  private SegmentFormat.Header header(String name, SegmentFile file) throws IOException {
    ByteBuffer start = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
    while (start.hasRemaining() && file.read(start, start.position()) > 0) {
      continue;
    }
    SegmentFormat.Header header = start.hasRemaining() ? null : SegmentFormat.readHeader(start);
    if (header == null && file.size() > SegmentFormat.HEADER_BYTES) {
      throw new IOException("the header of " + name + " is damaged");
    }
    return header;
  }

  private void check(SegmentFormat.Header header, long sequence, String name) throws IOException {
    Manifest.checkVersion(name, header.readVersion());
    if (!header.storeId().equals(manifest.storeId())) {
      throw new IOException(name + " belongs to another store");
    }
    if (header.manifest() > manifest.number()) {
      throw new IOException("the manifest is older than " + name);
    }
    if (header.sequence() != sequence) {
      throw new IOException(
          name + " is a copy of another segment: it has the sequence " + header.sequence());
    }
    if (header.pageBytes() != settings.pageBytes()
        || header.unitBytes() != settings.recordAlignment()) {
      throw new IOException(name + " has pages of " + header.pageBytes() + " bytes");
    }
  }

  /** Takes a record as it was read; returns its dictionary, 0 for none. */
  private int show(
      Segment segment, ByteBuffer memory, int offset, long position, int recordBytes, boolean whole)
      throws IOException {
    long recordGeneration = ZpageHeader.generation(memory, offset);
    if (whole) {
      generation = Math.max(generation, recordGeneration);
    } else {
      counters.errors.increment();
      LOG.error(
          "{} offset {}: the record is damaged; page {} of object {} in pool {} cannot be read, if"
              + " that was its newest record",
          segment.name(),
          position,
          Integer.toUnsignedLong(ZpageHeader.index(memory, offset)),
          ZpageHeader.object(memory, offset),
          ZpageHeader.pool(memory, offset));
    }
    int dictionary = whole ? dictionaryOf(segment, memory, offset, position, recordBytes) : 0;
    needs(segment, dictionary);
    show(
        segment,
        ZpageHeader.pool(memory, offset),
        ZpageHeader.object(memory, offset),
        ZpageHeader.index(memory, offset),
        recordGeneration,
        (ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0,
        position,
        recordBytes,
        whole,
        whole && ContentRecord.is(memory, offset)
            ? opened(segment, memory, offset, position, recordBytes)
            : null);
    return dictionary;
  }

  /** Takes a record; that of a page that shares, opened, or null for one of another kind. */
  private void show(
      Segment segment,
      int pool,
      long object,
      int page,
      long recordGeneration,
      boolean tombstone,
      long position,
      int recordBytes,
      boolean whole,
      ByteBuffer shared)
      throws IOException {
    if (Integer.compareUnsigned(pool, manifest.nextPool()) >= 0) {
      // Its id may be given to another pool, and the pages with it.
      throw new IOException(
          segment.name()
              + " offset "
              + position
              + ": a page of pool "
              + Integer.toUnsignedString(pool)
              + ", which the manifest does not know: it is older than the segments");
    }
    segment.addLive(1, recordBytes / settings.recordAlignment());
    if (tombstone) {
      segment.addTombstones(1, 0);
    }
    records++;
    long locator = locators.pack(segment.slot(), position, recordBytes);
    if (!whole) {
      // After all others: of records with one generation the first is kept.
      damaged.add(() -> visitor.record(pool, object, page, recordGeneration, tombstone, locator));
    } else if (shared == null) {
      visitor.record(pool, object, page, recordGeneration, tombstone, locator);
    } else {
      visitor.sharedRecord(shared, 0, locator);
    }
  }

  private void needs(Segment segment, int dictionary) {
    dictionaries.needs(dictionary);
    segment.noteDictionary(dictionary);
  }

  /** The dictionary of a record; what is damaged or sealed by an intruder has none. */
  private static int dictionaryOf(
      Segment segment, ByteBuffer memory, int offset, long position, int recordBytes) {
    if (ZpageHeader.codec(memory, offset) != PageCodec.ZSTD_DICTIONARY_ID) {
      return 0;
    }
    ByteBuffer record = opened(segment, memory, offset, position, recordBytes);
    return record == null ? 0 : ZpageDictionary.of(record, 0);
  }

  /** A copy that is not encrypted, since the bytes may have to be written again as they are. */
  private static ByteBuffer opened(
      Segment segment, ByteBuffer memory, int offset, long position, int recordBytes) {
    ByteBuffer record = ByteBuffer.allocate(recordBytes).order(memory.order());
    record.put(0, memory, offset, recordBytes);
    return segment.openRecord(record, 0, recordBytes, position) ? record : null;
  }

  @Override
  public int batchBytes() {
    return (int) FileTierSettings.syncBytes(settings.segmentBytes());
  }

  @Override
  public TierOutcome append(ZpageBatch batch) throws IOException {
    return appender.append(batch);
  }

  @Override
  public synchronized void beginSync() throws IOException {
    try {
      files.checkPresent();
    } catch (IOException e) {
      counters.errors.increment();
      throw e;
    }
    if (uncertain) {
      save(manifest.withNumber(manifest.number() + 1));
    }
    dictionaries.beginSync();
    segments.beginSync();
  }

  @Override
  public void endSync() {
    segments.endSync();
    dictionaries.endSync();
  }

  @Override
  public DictionaryLog dictionaries() {
    return dictionaries;
  }

  @Override
  public synchronized void markClean(long highestGeneration) throws IOException {
    appender.finish();
    save(manifest.clean(highestGeneration, SegmentList.ends(segments)));
  }
}
