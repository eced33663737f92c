// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Empties sparse segments: copies their live records together, so that the files can go.
 *
 * <p>Works in steps of bounded length, with a cursor into one victim. Survivors go to a stream of
 * their own, since what outlived a segment is colder than what is written now. Three kinds of
 * records stay where they are and keep the victim: damaged ones (the store reports them when they
 * are read), ones that are stored but not yet in the page table, and ones in a range that cannot be
 * read. Such a victim comes up again later, see {@link Segment#leave}.
 *
 * <p>A tombstone is dropped when its page is there again, or when no other segment can hold an
 * older record of the page, see {@link Tombstones}; otherwise it is copied like a live zpage. No
 * entry says where a tombstone is, so a victim remembers how far its tombstones were dealt with.
 *
 * <p>Owned by whoever holds the maintenance lock of the tier; buffers are allocated once.
 */
final class Cleaner {
  /** A step moves about so much, and two chunks more at most. */
  static final long STEP_BYTES = 4 << 20;

  private final FileTierSettings settings;
  private final Segments segments;
  private final VictimChoice choice;
  private final SegmentWriter writer;
  private final FileLocators locators;
  private final FileCounters counters;
  private final TableReader tables;
  private final CRC32C crc = new CRC32C();
  private final int chunkBytes;
  private TierHost host;
  private ByteBuffer chunk;
  private ZpageBatch survivors;

  private long step;
  private Segment victim;
  private RecordTable table;
  private int entry;
  private long position;
  private int damaged;
  private IOException unreadable;
  private long movedBytes;
  private boolean pastHorizon;
  private int tombstonesDone;
  private long tombstonesDoneTo;

  Cleaner(
      FileTierSettings settings,
      Segments segments,
      SegmentWriter writer,
      FileLocators locators,
      FileCounters counters) {
    this.settings = settings;
    this.segments = segments;
    this.choice = new VictimChoice(settings, segments);
    this.writer = writer;
    this.locators = locators;
    this.counters = counters;
    tables = new TableReader(settings);
    chunkBytes = settings.cleaningChunkBytes();
  }

  void attach(TierHost newHost) {
    host = newHost;
  }

  /**
   * Goes on with the victim, or chooses one when there is need.
   *
   * @return bytes moved, at least 1 when anything was looked at, 0 when there is nothing to do
   * @throws CleaningWriteException when survivors could not be written; they stay where they are
   * @throws IOException when a part of the victim could not be read; the rest was cleaned
   */
  long step() throws IOException {
    step++;
    if (victim == null) {
      victim = choice.choose(step);
      if (victim == null) {
        return 0;
      }
      table = null;
    }
    if (!victim.pin()) {
      victim = null; // died meanwhile
      return 1;
    }
    Segment pinned = victim;
    try {
      allocateBuffers();
      movedBytes = 0;
      if (clean()) {
        finish();
      }
      return Math.max(1, movedBytes);
    } catch (IOException | RuntimeException | Error e) {
      // Whatever it was: others are to be cleaned, and what was collected was not moved.
      leaveVictim();
      throw e;
    } finally {
      segments.unpin(pinned);
    }
  }

  private void allocateBuffers() {
    if (chunk == null) {
      chunk = AlignedBuffers.allocate(chunkBytes + 2 * AlignedBuffers.BLOCK_BYTES);
      survivors = new ZpageBatch(ByteBuffer.allocateDirect(chunkBytes), settings.pageBytes());
    }
  }

  private boolean clean() throws IOException {
    if (table == null) {
      openTable();
    }
    survivors.clear();
    long stop = position + STEP_BYTES;
    while (entry < table.entries() && position < stop) {
      if (table.isGap(entry)) {
        position += table.bytes(entry++);
      } else if (!cleanChunk()) {
        return true;
      }
    }
    return !moveSurvivors() || entry == table.entries();
  }

  private void openTable() throws IOException {
    entry = 0;
    position = SegmentFormat.HEADER_BYTES;
    damaged = 0;
    unreadable = null;
    pastHorizon = segments.tombstones().isPastHorizon(victim);
    tombstonesDone = 0;
    table = tables.read(victim, chunk, chunkBytes);
    if (table == null) {
      counters.errors.increment();
      victim.leaveForEver();
      throw new IOException("Footer of " + victim.name() + " is damaged; it cannot be cleaned");
    }
  }

  /** Reads as many whole records as a chunk holds and looks at each; false when room ran out. */
  private boolean cleanChunk() throws IOException {
    int end = entry;
    int bytes = 0;
    while (end < table.entries() && !table.isGap(end) && bytes + table.bytes(end) <= chunkBytes) {
      bytes += table.bytes(end++);
    }
    int start;
    try {
      start = victim.read(chunk, position, bytes);
    } catch (IOException e) {
      // the records stay in place; the step goes on behind them and fails at its end
      unreadable = e;
      position += bytes;
      entry = end;
      return true;
    }
    int at = start;
    while (entry < end) {
      int recordBytes = table.bytes(entry);
      if (!examine(at, recordBytes)) {
        return false;
      }
      at += recordBytes;
      position += recordBytes;
      entry++;
    }
    return true;
  }

  private boolean examine(int at, int recordBytes) throws IOException {
    if (!victim.isWhole(chunk, at, recordBytes, crc)) {
      return passDamaged();
    }
    boolean tombstone = isTombstone(chunk, at);
    if (tombstone && (position < victim.tombstonesSettledTo() || unreadable != null)) {
      // Settled, or behind a range that another pass may be able to read.
      return true;
    }
    long locator = locators.pack(victim.slot(), position, recordBytes);
    boolean dropped = tombstone && pastHorizon;
    if (!dropped && host.isLive(chunk, at, locator)) {
      if (!victim.openRecord(chunk, at, recordBytes, position)) {
        return passDamaged();
      }
      int bytes = ZpageHeader.zpageBytes(chunk, at);
      if (!survivors.add(chunk, at, bytes, locator)
          && !(moveSurvivors() && survivors.add(chunk, at, bytes, locator))) {
        return false;
      }
    }
    if (tombstone) {
      tombstonesDone++;
      tombstonesDoneTo = position + recordBytes;
    }
    return true;
  }

  private boolean passDamaged() {
    damaged++;
    victim.passDamaged(position);
    return true;
  }

  private static boolean isTombstone(ByteBuffer memory, int offset) {
    return (ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0;
  }

  /** Takes off the tombstones of the victim that were dropped, or stored in another segment. */
  private void settleTombstones() {
    if (tombstonesDone > 0) {
      victim.settleTombstonesTo(tombstonesDoneTo);
      segments.removeTombstones(victim, tombstonesDone);
      tombstonesDone = 0;
    }
  }

  /** Writes the survivors and repoints their entries; false when there is no room for them. */
  private boolean moveSurvivors() throws IOException {
    if (survivors.count() == 0) {
      settleTombstones();
      return true;
    }
    try {
      if (!writer.append(
          survivors, new Origin(victim.youngest(), victim.horizon(), Origin.Room.USUAL))) {
        return false;
      }
    } catch (IOException e) {
      throw new CleaningWriteException(e);
    }
    settleTombstones();
    int next = 0;
    try {
      while (next < survivors.count()) {
        repoint(next++);
      }
    } finally {
      // After an error: of the one that met it nobody knows which copy counts.
      while (next < survivors.count()) {
        giveUpCopy(next++);
      }
    }
    survivors.clear();
    return true;
  }

  private void repoint(int i) {
    int offset = survivors.offset(i);
    if (isTombstone(survivors.data(), offset)) {
      return;
    }
    long from = survivors.fromLocator(i);
    long to = survivors.toLocator(i);
    if (host.relocate(survivors.data(), offset, from, to)) {
      int bytes = ZpageHeader.zpageBytes(survivors.data(), offset);
      counters.cleanedZpages.increment();
      counters.cleanedBytes.add(bytes);
      movedBytes += bytes;
      segments.free(from);
    } else {
      segments.free(to);
    }
  }

  private void giveUpCopy(int i) {
    if (!isTombstone(survivors.data(), survivors.offset(i))) {
      segments.free(survivors.toLocator(i));
    }
  }

  private void finish() throws IOException {
    if (victim.liveRecords() == 0) {
      counters.segmentsCleaned.increment();
    }
    if (unreadable != null) {
      throw unreadable;
    }
    leaveVictim();
  }

  private void leaveVictim() {
    counters.errors.add(victim.leave(step, damaged));
    victim = null;
    tombstonesDone = 0;
    if (survivors != null) {
      survivors.clear();
    }
  }
}
