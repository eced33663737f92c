// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.index.LocationList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/**
 * One segment file with its live count and its pins.
 *
 * <pre>
 *   OPEN --roll--> SEALED --no live record, no pin--> DOOMED --file deleted--> gone
 * </pre>
 *
 * <p>Live records are added before anyone knows their locators and taken off once each, so a
 * segment that holds anything readable or in flight is never dead. Dooming is one compare-and-set
 * of the pins from 0 to DOOMED; whoever makes the last of the three conditions true (sealed,
 * nothing live, no pin) tries it, and since each looks at the others after its own change, one of
 * them succeeds.
 */
final class Segment {
  private static final int DOOMED = Integer.MIN_VALUE;
  private static final int LIVE_COUNT_SHIFT = 32;
  private static final long ONE_RECORD = 1L << LIVE_COUNT_SHIFT;

  private final int slot;
  private final long sequence;
  private final String name;
  private final SegmentFile file;
  private final long grantedBytes;
  private final int blockBytes;
  private final RecordCipher cipher;
  private final FileCounters counters;

  /** Records in the upper half, their units in the lower: both change in one step. */
  private final AtomicLong live = new AtomicLong();

  private final AtomicInteger pins = new AtomicInteger();
  private final AtomicInteger tombstones = new AtomicInteger();
  private final AtomicLong neededUntilSync = new AtomicLong();
  private volatile long dataEnd = SegmentFormat.HEADER_BYTES;
  private volatile long fileBytes = SegmentFormat.HEADER_BYTES;
  private volatile long youngest;

  /** First place where a crash tore the last write; of a segment of an earlier run. */
  private volatile long tornFrom = Long.MAX_VALUE;

  private volatile boolean sealed;
  private volatile int footerChecksum;
  private volatile RecordTable tableWithoutFooter;

  /** Dictionaries of all records that are or were alive here; replaced by the one who writes. */
  private volatile BitSet dictionaries = new BitSet();

  // Horizon of the tombstones, see Tombstones.
  private volatile long horizon;
  private volatile boolean horizonOpen;
  private volatile BooleanSupplier fence = () -> true;

  // Owned by whoever holds the maintenance lock.
  private boolean condemned;
  private long tombstonesSettledTo;
  private int fruitlessPasses;
  private long revisitAtStep;
  private boolean cleanable = true;
  private int knownDamaged;
  private final Set<Long> damagedPassed = new HashSet<>();

  /**
   * Makes an open segment without records.
   *
   * @param cipher encrypts its records; null when they are not encrypted
   */
  Segment(
      int slot,
      long sequence,
      String name,
      SegmentFile file,
      long grantedBytes,
      int blockBytes,
      RecordCipher cipher,
      FileCounters counters) {
    this.slot = slot;
    this.sequence = sequence;
    this.name = name;
    this.file = file;
    this.grantedBytes = grantedBytes;
    this.blockBytes = blockBytes;
    this.cipher = cipher;
    this.counters = counters;
  }

  /** Notes that a crash tore the last write here. */
  void noteTorn(long position) {
    tornFrom = Math.min(tornFrom, position);
  }

  /** Up to where every record is known to have been whole. */
  long wholeEnd() {
    return Math.min(dataEnd, tornFrom);
  }

  /**
   * Holds the file in place.
   *
   * @return false when the segment is doomed
   */
  boolean pin() {
    if (pins.getAndIncrement() >= 0) {
      return true;
    }
    pins.getAndDecrement();
    return false;
  }

  /**
   * Lets go.
   *
   * @return true when the segment must be doomed now
   */
  boolean unpin() {
    return pins.decrementAndGet() == 0 && isDead();
  }

  /**
   * Takes the segment out of use.
   *
   * @return true for exactly one caller
   */
  boolean doom() {
    return pins.compareAndSet(0, DOOMED);
  }

  void addLive(int records, long units) {
    live.addAndGet(records * ONE_RECORD + units);
  }

  /**
   * Counts one record dead.
   *
   * @return true when the segment must be doomed now
   * @throws IllegalStateException with nothing counted, when fewer are alive
   */
  boolean removeLive(long units, long offset) {
    long counted = live.get();
    while (recordsOf(counted) > 0 && unitsOf(counted) >= units) {
      long left = counted - ONE_RECORD - units;
      if (live.compareAndSet(counted, left)) {
        return left == 0 && sealed;
      }
      counted = live.get();
    }
    throw new IllegalStateException("record of " + name + " offset " + offset + " freed twice");
  }

  /** Keeps the file, dead or not, until a sync of this number has ended. */
  void needUntilSync(long number) {
    if (neededUntilSync.get() < number) {
      neededUntilSync.accumulateAndGet(number, Math::max);
    }
  }

  /** The first sync that sets the file free, 0 when none has to. */
  long neededUntilSync() {
    return neededUntilSync.get();
  }

  boolean isDead() {
    return sealed && live.get() == 0;
  }

  int liveRecords() {
    return recordsOf(live.get());
  }

  long liveUnits() {
    return unitsOf(live.get());
  }

  private static int recordsOf(long counted) {
    return (int) (counted >>> LIVE_COUNT_SHIFT);
  }

  private static long unitsOf(long counted) {
    return counted & (ONE_RECORD - 1);
  }

  /** Notes the dictionary of a record; 0 for none. */
  void noteDictionary(int number) {
    BitSet known = dictionaries;
    if (number != 0 && !known.get(number)) {
      BitSet more = (BitSet) known.clone();
      more.set(number);
      dictionaries = more;
    }
  }

  void addDictionaries(BitSet needed) {
    needed.or(dictionaries);
  }

  /** Makes records readable up to here. */
  void advance(long newDataEnd, long youngestRecord) {
    youngest = Math.max(youngest, youngestRecord);
    fileBytes = newDataEnd;
    dataEnd = newDataEnd;
  }

  /**
   * Ends writing.
   *
   * @param table the record table when the footer could not be written, else null
   */
  void seal(long newFileBytes, RecordTable table) {
    tableWithoutFooter = table;
    fileBytes = newFileBytes;
    sealed = true;
  }

  /** Notes which footer the file has. */
  void noteFooter(byte[] trailer) {
    footerChecksum = SegmentFormat.footerChecksum(trailer);
  }

  /** Checksum of the footer; 0 without one. */
  int footerChecksum() {
    return footerChecksum;
  }

  /** What encrypts the records here; null when they are not encrypted. */
  RecordCipher cipher() {
    return cipher;
  }

  /** Bytes of a record behind the payload. */
  int tagBytes() {
    return cipher == null ? 0 : RecordCipher.TAG_BYTES;
  }

  /**
   * What of a list of the records here goes into the index, which is not encrypted: that pages are
   * equal is a secret when these are.
   *
   * @return null when it would tell
   */
  LocationList forIndex(LocationList list) {
    return cipher != null && list.namesContents() ? null : list;
  }

  /** Whether a record that was read from here is as it was written, so far as a checksum tells. */
  boolean isWhole(ByteBuffer memory, int offset, int recordBytes, CRC32C crc) {
    return ZpageHeader.verify(memory, offset, recordBytes, tagBytes(), crc);
  }

  /**
   * Turns a record that was read from here into its zpage.
   *
   * @return false when it is not what was written here; its checksum does not match then
   */
  boolean openRecord(ByteBuffer memory, int offset, int recordBytes, long position) {
    return cipher == null || cipher.open(memory, offset, recordBytes, sequence, position);
  }

  /** Shows a record that was read from here to the reader of its zpage. */
  int show(ByteBuffer scratch, int offset, int recordBytes, long position, ZpageReader reader) {
    boolean opened =
        cipher != null && cipher.decrypt(scratch, offset, recordBytes, sequence, position);
    // The checksum of one that does not open does not match.
    return opened
        ? reader.readWhole(scratch, offset, recordBytes)
        : reader.read(scratch, offset, recordBytes);
  }

  /** Length of its file now, which somebody may have cut off. */
  long realFileBytes() throws IOException {
    return file.size();
  }

  /**
   * Reads exactly this range with as few requests as the file allows.
   *
   * @param buffer direct buffer with room for the range, in direct I/O for the blocks that cover it
   * @return where the range begins in the buffer
   */
  int read(ByteBuffer buffer, long offset, int bytes) throws IOException {
    long start = AlignedBuffers.floor(offset, blockBytes);
    buffer.clear().limit((int) (AlignedBuffers.ceil(offset + bytes, blockBytes) - start));
    try {
      do {
        int count = file.read(buffer, start + buffer.position());
        if (count <= 0) {
          throw new IOException("the file ends at byte " + (start + buffer.position()));
        }
        counters.reads.increment();
        counters.readBytes.add(count);
      } while (buffer.position() < offset + bytes - start);
    } catch (IOException e) {
      counters.errors.increment();
      throw new IOException(
          "Cannot read " + bytes + " bytes of " + name + " offset " + offset + ": " + e, e);
    } finally {
      buffer.clear();
    }
    return (int) (offset - start);
  }

  /** Writes everything from position to limit, completing short writes. */
  void write(ByteBuffer source, long offset) throws IOException {
    long position = offset;
    try {
      while (source.hasRemaining()) {
        int count = file.write(source, position);
        if (count <= 0) {
          throw new IOException("the file takes no more bytes");
        }
        counters.writtenBytes.add(count);
        position += count;
      }
    } catch (IOException e) {
      counters.errors.increment();
      throw new IOException("Cannot write " + name + " offset " + position + ": " + e, e);
    }
  }

  /** Waits until everything written is on the medium. */
  void force() throws IOException {
    try {
      file.force();
    } catch (IOException e) {
      counters.errors.increment();
      throw new IOException("Cannot force " + name + ": " + e, e);
    }
  }

  /** Cuts off what a failed write may have left. */
  void truncate(long bytes) throws IOException {
    try {
      file.truncate(bytes);
    } catch (IOException e) {
      counters.errors.increment();
      throw new IOException("Cannot cut off " + name + " at byte " + bytes + ": " + e, e);
    }
  }

  void close() throws IOException {
    file.close();
  }

  int slot() {
    return slot;
  }

  long sequence() {
    return sequence;
  }

  String name() {
    return name;
  }

  /** Most bytes that the file may have. */
  long grantedBytes() {
    return grantedBytes;
  }

  /** End of the records. */
  long dataEnd() {
    return dataEnd;
  }

  /** What reads and writes of its file are aligned to. */
  int blockBytes() {
    return blockBytes;
  }

  long fileBytes() {
    return fileBytes;
  }

  long youngest() {
    return youngest;
  }

  boolean isSealed() {
    return sealed;
  }

  RecordTable tableWithoutFooter() {
    return tableWithoutFooter;
  }

  /**
   * Notes the end of a cleaning pass that could not empty the segment, because zpages in it are not
   * published yet or damaged. It comes up again later and later, so that it never keeps the cleaner
   * from others.
   *
   * @return damaged records that no pass before has seen
   */
  int leave(long step, int damaged) {
    condemned = false;
    revisitAtStep = step + (1L << Math.min(++fruitlessPasses, 10));
    int fresh = Math.max(0, damaged - knownDamaged);
    knownDamaged += fresh;
    return fresh;
  }

  /**
   * Has cleaning empty the segment however full it is: it holds a damaged record that no page needs
   * any more, and that a start must not take for the page.
   */
  void condemn() {
    condemned = true;
  }

  boolean isCondemned() {
    return condemned;
  }

  /** Notes that cleaning can never empty the segment; it goes when its last record dies. */
  void leaveForEver() {
    cleanable = false;
  }

  boolean mayBeVisited(long step) {
    return cleanable && step >= revisitAtStep;
  }

  /**
   * Adds tombstones, which were added as live records before.
   *
   * @param known horizon that they bring along, negative when it is not known yet
   */
  void addTombstones(int count, long known) {
    tombstones.addAndGet(count);
    if (known < 0) {
      horizonOpen = true;
    } else {
      horizon = Math.max(horizon, known);
    }
  }

  /**
   * Takes tombstones off again, of which each has so many units.
   *
   * @return true when the segment must be doomed now
   */
  boolean removeTombstones(int count, long units) {
    tombstones.addAndGet(-count);
    return live.addAndGet(-(count * ONE_RECORD + count * units)) == 0 && sealed;
  }

  int tombstones() {
    return tombstones.get();
  }

  /** Highest sequence of a segment with a record older than a tombstone here; negative: unknown. */
  long horizon() {
    return horizonOpen ? -1 : horizon;
  }

  void closeHorizon(long sequence) {
    horizon = Math.max(horizon, sequence);
    horizonOpen = false;
  }

  /** Sets what tells when the writes have ended that were under way when it was sealed. */
  void setFence(BooleanSupplier writesUnderWay) {
    fence = writesUnderWay;
  }

  BooleanSupplier fence() {
    return fence;
  }

  /** End of the tombstones that cleaning has moved or dropped. */
  long tombstonesSettledTo() {
    return tombstonesSettledTo;
  }

  void settleTombstonesTo(long position) {
    tombstonesSettledTo = position;
  }

  /**
   * Notes a damaged record that cleaning passes: when it is a tombstone, it counts as before,
   * wherever later ones are settled to.
   */
  void passDamaged(long position) {
    if (position >= tombstonesSettledTo && tombstones() > 0) {
      damagedPassed.add(position);
    }
  }

  /** Whether a tombstone that is damaged now still counts. */
  boolean countsDamaged(long position) {
    return position >= tombstonesSettledTo || damagedPassed.contains(position);
  }
}
