// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.TierHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Reads segments in the background, at a rate, and checks every record.
 *
 * <p>Damage is told once: the store says which page needs the record, and writes it again when it
 * has a copy above, see {@link TierHost#salvage}. A record that no page needs is passed over,
 * unless it is a {@linkplain TombstoneScrub tombstone}. A segment that is being written and holds
 * damage is sealed first: with its footer a start copes, and knows which pages it was.
 *
 * <p>While the tier itself reads and writes more than the rate allows, this goes at a tenth of it.
 * Owned by whoever holds the maintenance lock of the tier.
 */
final class Scrubber {
  /** A turn reads about so much at most; turns come twice a second in a tier at rest. */
  static final long MOST_STEP_BYTES = 16 << 20;

  private static final Logger LOG = LogManager.getLogger(Scrubber.class);

  /** Read at once, unless a record is longer. */
  static final int CHUNK_BYTES = 64 << 10;

  private static final int SHARE_UNDER_LOAD = 10;
  private static final long MOST_EARNED_NANOS = 1_000_000_000L;
  private static final int MOST_LINES = 20;
  private static final int MOST_TOLD = 1 << 16;

  /** A damaged record. */
  private record Place(long sequence, long offset) {}

  private final long bytesPerSecond;
  private final Segments segments;
  private final FileLocators locators;
  private final FileCounters counters;
  private final LongSupplier nanoClock;
  private final TableReader tables;
  private final TombstoneScrub tombstones;
  private final CRC32C crc = new CRC32C();
  private final int chunkBytes;
  private TierHost host;
  private ByteBuffer chunk;
  private boolean wantsSync;
  private boolean wantsFiles;
  private long filesNanos;

  // What may be read.
  private long earnedNanos;
  private long ownBytes;
  private long tierBytes;
  private double allowedBytes;

  private final ScrubPass pass;
  private long passBytes;

  /** One that is to be sealed, since it holds damage. */
  private volatile Segment unsound;

  /** Damage found in this pass, and in the one before. */
  private Set<Place> found = new HashSet<>();

  private Set<Place> told = new HashSet<>();

  // The segment under the cursor.
  private Segment segment;
  private RecordTable table;

  /** Its records so far, while it is being written. */
  private RecordTable writtenTable;

  private int entry;
  private long position;
  private int wholeRecords;
  private int lines;
  private IOException unreadable;
  private final Set<Long> damaged = new HashSet<>();

  Scrubber(
      FileTierSettings settings,
      Segments segments,
      FileLocators locators,
      FileCounters counters,
      TombstoneScrub tombstones,
      LongSupplier nanoClock) {
    this.tombstones = tombstones;
    bytesPerSecond = settings.scrubBytesPerSecond();
    this.segments = segments;
    this.locators = locators;
    this.counters = counters;
    this.nanoClock = nanoClock;
    tables = new TableReader(settings);
    chunkBytes = Math.max(CHUNK_BYTES, settings.maxRecordBytes());
    earnedNanos = nanoClock.getAsLong();
    pass = new ScrubPass(segments, earnedNanos);
    filesNanos = earnedNanos - ScrubPass.PASS_NANOS;
  }

  void attach(TierHost newHost) {
    host = newHost;
    tombstones.attach(newHost);
  }

  ScrubStats stats() {
    return new ScrubStats(
        counters.scrubbedBytes.sum(),
        counters.scrubPasses.sum(),
        counters.damagedZpages.sum(),
        counters.rewrittenPages.sum());
  }

  /** Whether a page is to be written again that was synced before. */
  boolean wantsSync() {
    return wantsSync;
  }

  /** Notes that one begins, or that it was not made. */
  void wantSync(boolean wanted) {
    wantsSync = wanted;
  }

  /** Whether the files beside the segments are to be checked now; says so once in a pass. */
  boolean takeFiles() {
    boolean wanted = wantsFiles;
    wantsFiles = false;
    return wanted;
  }

  /**
   * Reads as much as the time since the last turn allows.
   *
   * @throws IOException when nothing of a segment could be read; the next turn goes on behind it
   */
  void step() throws IOException {
    if (bytesPerSecond == 0) {
      return;
    }
    long now = nanoClock.getAsLong();
    earn(now);
    if (now - filesNanos >= ScrubPass.PASS_NANOS) {
      filesNanos = now;
      wantsFiles = true;
    }
    while (allowedBytes > 0 && (segment != null || next(now))) {
      Segment pinned = segment;
      if (!pinned.pin()) {
        segment = null; // died meanwhile
        continue;
      }
      try {
        scrub();
      } catch (IOException e) {
        segment = null;
        throw e;
      } finally {
        segments.unpin(pinned);
      }
    }
  }

  private void earn(long now) {
    long nanos = Math.min(now - earnedNanos, MOST_EARNED_NANOS);
    earnedNanos = now;
    double bytes = (double) bytesPerSecond * nanos / 1_000_000_000L;
    long moved = counters.readBytes.sum() + counters.writtenBytes.sum() - ownBytes;
    if (moved - tierBytes > bytes) {
      bytes /= SHARE_UNDER_LOAD;
    }
    tierBytes = moved;
    allowedBytes = Math.min(allowedBytes + bytes, MOST_STEP_BYTES);
  }

  /** Whether the segments that are being written are to be {@linkplain #addOpen added} now. */
  boolean wantsOpen() {
    return pass.wantsOpen();
  }

  /** Adds the segments that are being written, as far as they are; null for none. */
  void addOpen(ScrubPass.Target writeback, ScrubPass.Target cleaning) {
    if (pass.wantsOpen()) {
      pass.addOpen(writeback);
      pass.addOpen(cleaning);
      pass.openIsKnown();
    }
  }

  /** A segment that must not be written any further, or null. */
  Segment unsound() {
    Segment one = unsound;
    return one == null || one.isSealed() ? null : one;
  }

  /** Goes to the next segment; false when the pass is over, none is due, or it waits for some. */
  private boolean next(long now) {
    if (!pass.isUnderWay(now)) {
      allowedBytes = 0;
      return false;
    }
    ScrubPass.Target target = pass.next();
    if (target != null) {
      segment = target.segment();
      writtenTable = target.table();
      table = null;
      return true;
    }
    if (pass.isOver()) {
      end();
    }
    return false;
  }

  private void end() {
    pass.end(counters.scrubbedBytes.sum() > passBytes);
    told = found;
    found = new HashSet<>();
    tombstones.forgetDeleted();
    if (counters.scrubbedBytes.sum() > passBytes) {
      counters.scrubPasses.increment();
    }
    passBytes = counters.scrubbedBytes.sum();
  }

  private void scrub() throws IOException {
    if (table == null && !open()) {
      segment = null;
      return;
    }
    while (entry < table.entries() && table.isGap(entry)) {
      position += table.bytes(entry++);
    }
    if (entry < table.entries()) {
      scrubChunk();
    } else {
      finish();
    }
  }

  private boolean open() throws IOException {
    damaged.clear();
    unreadable = null;
    wholeRecords = 0;
    lines = 0;
    entry = 0;
    position = SegmentFormat.HEADER_BYTES;
    if (chunk == null) {
      chunk = AlignedBuffers.allocate(chunkBytes + 2 * AlignedBuffers.BLOCK_BYTES);
    }
    // In this order: it may be written meanwhile.
    long dataEnd = segment.dataEnd();
    long realBytes = segment.realFileBytes();
    if (realBytes < dataEnd && writtenTable != null) {
      comeBackWhenSealed();
      return false;
    }
    if (realBytes < dataEnd) {
      int slot = segment.slot();
      salvage(
          locator ->
              locators.slot(locator) == slot
                  && locators.offset(locator) + locators.bytes(locator) > realBytes);
      if (lines > 0) {
        LOG.error("{} was cut off at byte {} of {}", segment.name(), realBytes, dataEnd);
      }
      return false;
    }
    table = writtenTable != null ? writtenTable : tables.read(segment, chunk, chunkBytes);
    if (table == null) {
      throw new IOException("Footer of " + segment.name() + " is damaged; it is not scrubbed");
    }
    return true;
  }

  /** Reads as many records as a chunk holds, and checks each. */
  private void scrubChunk() {
    int end = entry;
    int bytes = 0;
    while (end < table.entries() && !table.isGap(end) && bytes + table.bytes(end) <= chunkBytes) {
      bytes += table.bytes(end++);
    }
    allowedBytes -= bytes;
    ownBytes += bytes;
    counters.scrubbedBytes.add(bytes);
    try {
      check(segment.read(chunk, position, bytes), end);
    } catch (IOException e) {
      while (entry < end) {
        checkAlone();
      }
    }
  }

  private void check(int start, int end) {
    int at = start;
    while (entry < end) {
      int bytes = table.bytes(entry++);
      if (segment.isWhole(chunk, at, bytes, crc)) {
        wholeRecords++;
      } else {
        damaged.add(locators.pack(segment.slot(), position, bytes));
      }
      at += bytes;
      position += bytes;
    }
  }

  private void checkAlone() {
    int bytes = table.bytes(entry);
    try {
      check(segment.read(chunk, position, bytes), entry + 1);
    } catch (IOException e) {
      unreadable = e;
      damaged.add(locators.pack(segment.slot(), position, bytes));
      position += bytes;
      entry++;
    }
  }

  private void finish() throws IOException {
    if (unreadable != null && wholeRecords == 0) {
      // The medium does not answer at all, which says nothing of the records.
      throw unreadable;
    }
    if (!damaged.isEmpty() && writtenTable != null) {
      comeBackWhenSealed();
    } else if (!damaged.isEmpty()) {
      salvage(damaged::contains);
      if (segment.tombstones() > 0) {
        tombstones.scrub(segment);
      }
    }
    segment = null;
  }

  private void comeBackWhenSealed() {
    unsound = segment;
    pass.comeBack(segment);
  }

  private void salvage(LongPredicate isDamaged) {
    host.salvage(isDamaged, this::tell);
    if (lines > MOST_LINES) {
      LOG.error("{}: {} damaged records more", segment.name(), lines - MOST_LINES);
    }
  }

  private void tell(int pool, long object, int index, long locator, boolean rewritten) {
    Place place = new Place(segment.sequence(), locators.offset(locator));
    boolean known = told.contains(place);
    if (!known) {
      counters.damagedZpages.increment();
    }
    if (rewritten) {
      counters.rewrittenPages.increment();
      wantsSync = true;
      segment.condemn();
    } else if (found.size() < MOST_TOLD) {
      found.add(place);
    }
    if ((!known || rewritten) && ++lines <= MOST_LINES) {
      LOG.error(
          "{} offset {}: the record of page {} of object {} in pool {} is damaged; {}",
          segment.name(),
          place.offset(),
          Integer.toUnsignedLong(index),
          object,
          pool,
          rewritten
              ? "the page is written again from its copy above"
              : "nothing above has the page, so it cannot be read before it is put again");
    }
  }
}
