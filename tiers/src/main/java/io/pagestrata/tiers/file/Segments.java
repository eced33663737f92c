// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.TierHost;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import io.pagestrata.tiers.file.index.LocationIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * All segments of a tier by slot, and the account of the bytes they may take.
 *
 * <p>An open segment is charged with its full size, a sealed one with the length of its file.
 * Finding a segment and counting a record dead take no lock. {@code this} guards slots and charges
 * being given out and taken back, never during I/O.
 *
 * <p>Slot and charge of a dead segment come back when its end is on the medium, see {@link
 * DeadSegments}.
 */
final class Segments {
  /** So many sequences a start may skip after an unclean stop. */
  static final int SEQUENCES_IN_HAND = 64;

  /** A durable tier asks for a sync when more than this part of its size waits for one. */
  private static final int MOST_WAITING_SHARE = 8;

  private final FileTierSettings settings;
  private final SegmentKeys keys;
  private final SegmentFiles files;
  private final FileCounters counters;
  private final FileLocators locators;
  private final Tombstones tombstones;
  private final boolean durable;
  private final SegmentRoom room;
  private final SegmentSlots slots;

  private final DeadSegments dead;
  private final Deque<Segment> unsealed = new ConcurrentLinkedDeque<>();
  private volatile Manifest owner;
  private volatile LocationIndex index = LocationIndex.NONE;
  private volatile TierHost host;
  private volatile boolean full;
  private volatile boolean closed;
  private volatile Segment openCleaning;

  // Guarded by this.
  private long chargedBytes;
  private long lastSequence;

  /** Up to here a manifest on the medium says that sequences may be in use. */
  private long promisedSequence;

  /**
   * Makes an empty set.
   *
   * @param syncReserveBytes bytes that only a sync may take; negative in a volatile tier
   */
  Segments(
      FileTierSettings settings,
      SegmentKeys keys,
      SegmentFiles files,
      FileCounters counters,
      FileLocators locators,
      long syncReserveBytes) {
    durable = syncReserveBytes >= 0;
    dead = new DeadSegments(files, counters, durable);
    owner = Manifest.ofNewStore(settings.pageBytes());
    this.settings = settings;
    this.keys = keys;
    room = new SegmentRoom(settings, keys.forNew() != null, syncReserveBytes);
    this.files = files;
    this.counters = counters;
    this.locators = locators;
    tombstones = new Tombstones(this, settings.recordAlignment());
    slots = new SegmentSlots(settings, durable);
  }

  void attach(TierHost newHost) {
    host = newHost;
  }

  boolean isDurable() {
    return durable;
  }

  LocationIndex index() {
    return index;
  }

  void setIndex(LocationIndex newIndex) {
    index = newIndex;
  }

  /** Says whose segments these are, as their headers tell. */
  synchronized void belongTo(Manifest manifest) {
    owner = manifest;
    promisedSequence = manifest.lastSequence();
  }

  /** Numbers new segments on behind one that may be deleted by now. */
  synchronized void goOnBehind(long sequence) {
    lastSequence = Math.max(lastSequence, sequence);
  }

  /**
   * Whether the manifest should be saved again before sequences are given out that it does not
   * cover: what is known of a segment must not hold for another, of a later run.
   */
  synchronized boolean wantsSequences() {
    return durable && promisedSequence - lastSequence < SEQUENCES_IN_HAND / 2;
  }

  /**
   * Names of the segment files by sequence, whatever is in them; new segments are numbered on
   * behind them.
   */
  SortedMap<Long, String> names() throws IOException {
    SortedMap<Long, String> names = SegmentNames.list(files);
    if (!names.isEmpty()) {
      goOnBehind(names.lastKey());
    }
    return names;
  }

  /** Takes in a segment of an earlier run, not yet sealed. */
  Segment adopt(String name, SegmentFile file, SegmentFormat.Header header) throws IOException {
    RecordCipher cipher = keys.of(header, name);
    int slot;
    long bytes = file.size();
    synchronized (this) {
      if (freeSlots(Stream.CLEANING) == 0 || bytes > settings.segmentBytes()) {
        throw new IOException(name + " of " + bytes + " bytes does not fit into the tier");
      }
      slot = slots.take();
      chargedBytes += bytes;
    }
    int block = Math.max(header.blockBytes(), settings.blockBytes());
    Segment segment =
        new Segment(slot, header.sequence(), name, file, bytes, block, cipher, counters);
    put(segment);
    return segment;
  }

  private synchronized void put(Segment segment) {
    slots.put(segment.slot(), segment);
  }

  /**
   * Makes a new segment with its header written.
   *
   * @param kept what may be taken of the room that is kept
   * @param former the one before in this stream, which gets no more records; or null
   * @param scratch aligned buffer of at least a header
   * @return null when the size is used up for this stream
   */
  Segment create(Stream stream, Origin.Room kept, Segment former, ByteBuffer scratch)
      throws IOException {
    deleteDoomed();
    int slot;
    long sequence;
    long granted;
    synchronized (this) {
      granted = room.grantBytes(kept, freeBytes(stream, kept));
      if (slots.free(stream, kept) <= 0 || granted == 0) {
        return null;
      }
      if (lastSequence >= SegmentNames.MOST_SEQUENCE) {
        throw new IOException("there is no number left for a segment");
      }
      slot = slots.take();
      chargedBytes += granted;
      sequence = ++lastSequence;
    }
    String name = SegmentNames.of(sequence);
    SegmentFile file = null;
    try {
      file = files.create(name);
      Segment segment =
          new Segment(
              slot, sequence, name, file, granted, settings.blockBytes(), keys.forNew(), counters);
      writeHeader(segment, stream, former, scratch);
      put(segment);
      if (stream == Stream.CLEANING) {
        openCleaning = segment;
      }
      return segment;
    } catch (IOException | RuntimeException | Error e) {
      try {
        if (file == null) {
          counters.errors.increment();
        } else {
          discard(sequence, name, file, e);
        }
      } finally {
        release(slot, granted);
      }
      throw e;
    }
  }

  private void writeHeader(Segment segment, Stream stream, Segment former, ByteBuffer scratch)
      throws IOException {
    SegmentFormat.writeHeader(
        scratch, settings, owner, durable, segment.sequence(), stream, keys.sealOfNew());
    if (durable && former != null) {
      SegmentFormat.setFormer(scratch, former.sequence(), former.wholeEnd());
    }
    segment.write(scratch, 0);
    if (durable) {
      // Before any record: a file without a good header holds none then.
      segment.force();
      files.forceDirectory();
    }
  }

  private void discard(long sequence, String name, SegmentFile file, Throwable cause) {
    try {
      file.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    dead.abandon(sequence, name);
    deleteDoomed();
  }

  /** Segments of earlier runs without footer, the youngest first, until a new one names them. */
  Deque<Segment> unsealed() {
    return unsealed;
  }

  /** Segments that hold nothing, and whose files a start may find all the same. */
  Set<Long> abandoned() {
    return dead.abandoned();
  }

  private synchronized void release(int slot, long bytes) {
    slots.giveBack(slot);
    chargedBytes -= bytes;
  }

  /**
   * Bytes that new segments of a stream may take. Writeback leaves the reserve to cleaning, which
   * may partly lie in cleaning's open segment.
   */
  long freeBytes(Stream stream) {
    return freeBytes(stream, Origin.Room.USUAL);
  }

  /** The same for those who may take some of the room that is kept. */
  synchronized long freeBytes(Stream stream, Origin.Room kept) {
    long free = settings.maxBytes() - chargedBytes;
    return room.freeBytes(stream, kept, free, roomInOpenCleaning());
  }

  /** Bytes that cleaning can still write before it has given any back. */
  synchronized long cleaningRoom() {
    return freeBytes(Stream.CLEANING) + roomInOpenCleaning();
  }

  private long roomInOpenCleaning() {
    Segment segment = openCleaning;
    return segment == null ? 0 : segment.grantedBytes() - segment.dataEnd();
  }

  /** Bytes of records in the open segment of cleaning. */
  long bytesInOpenCleaning() {
    Segment segment = openCleaning;
    return segment == null ? 0 : segment.dataEnd() - SegmentFormat.HEADER_BYTES;
  }

  /** Ends writing to a segment, see {@link Segment#seal}. */
  void seal(Segment segment, long fileBytes, RecordTable tableWithoutFooter) {
    synchronized (this) {
      chargedBytes -= segment.grantedBytes() - fileBytes;
      if (segment == openCleaning) {
        openCleaning = null;
      }
    }
    segment.setFence(host.writesUnderWay());
    segment.seal(fileBytes, tableWithoutFooter);
    if (segment.isDead()) {
      doom(segment);
    }
  }

  Segment of(long locator) {
    return slots.at(locators.slot(locator));
  }

  /**
   * Counts one record dead; after {@link #close} there is nothing left to count.
   *
   * @throws IllegalStateException when there is no unfreed record, found out in most cases (hazard
   *     H34)
   */
  void free(long locator) {
    Segment segment = of(locator);
    if (segment != null) {
      long units = locators.bytes(locator) / settings.recordAlignment();
      if (segment.removeLive(units, locators.offset(locator))) {
        doom(segment);
      }
    } else if (!closed) {
      throw new IllegalStateException(
          String.format(
              "record of the deleted segment in slot %d offset %d freed twice",
              locators.slot(locator), locators.offset(locator)));
    }
  }

  /** The same of a record that the medium must show until the next sync has ended. */
  void freeAfterSync(long locator) {
    Segment segment = of(locator);
    if (segment != null && durable) {
      segment.needUntilSync(dead.nextSync());
    }
    free(locator);
  }

  void unpin(Segment segment) {
    if (segment.unpin()) {
      doom(segment);
    }
  }

  private void doom(Segment segment) {
    if (segment.doom() && dead.add(segment)) {
      roomComes();
    }
  }

  /** Room that was waited for is there as soon as somebody deletes files. */
  private void roomComes() {
    full = false;
    host.spaceFreed();
  }

  /** Counts tombstones dropped or moved away. */
  void removeTombstones(Segment segment, int count) {
    if (count > 0 && segment.removeTombstones(count, tombstones.unitsOfOne(segment))) {
      doom(segment);
    }
  }

  /** Whether the records of a segment are encrypted as new ones are, or not at all as those. */
  boolean isUpToDate(Segment segment) {
    return keys.isCurrent(segment.cipher());
  }

  /** How long the tombstones of these segments stay. */
  Tombstones tombstones() {
    return tombstones;
  }

  /** Says that a sync begins. */
  void beginSync() {
    dead.beginSync();
  }

  void endSync() {
    if (dead.endSync()) {
      roomComes();
    }
  }

  /**
   * Whether room is wanted that a sync would make. What is superseded lies here and there, and a
   * sync for less than a segment of it would write pages more often than it makes room.
   */
  boolean wantsSync() {
    if (wantsSequences()) {
      return true;
    }
    long waitingBytes = dead.waitingBytes();
    long supersededBytes = durable ? host.supersededBytes() : 0;
    return waitingBytes + supersededBytes > settings.maxBytes() / MOST_WAITING_SHARE
        || (waitingBytes > 0 || supersededBytes >= settings.segmentBytes())
            && (isShortOfBytes() || isShortOfSlots());
  }

  /** Whether fewer segments than the target can be opened for writeback. */
  boolean isShortOfBytes() {
    return freeBytes(Stream.WRITEBACK) < settings.freeSegmentTargetBytes();
  }

  /** The same for want of slots. */
  boolean isShortOfSlots() {
    return freeSlots(Stream.WRITEBACK) < settings.freeSegmentTarget();
  }

  /** Slots of new segments that a stream may open. */
  synchronized int freeSlots(Stream stream) {
    return slots.free(stream, Origin.Room.USUAL);
  }

  /** Whether a sync finds room for a batch in a new segment. */
  synchronized boolean hasRoomForSync() {
    return slots.free(Stream.WRITEBACK, Origin.Room.OF_SYNCS) > 0
        && freeBytes(Stream.WRITEBACK, Origin.Room.OF_SYNCS) >= room.leastRemovalsBytes();
  }

  /**
   * Deletes the files of dead segments. A file that cannot be deleted stays charged and is tried
   * again next time.
   *
   * @return bytes given back
   */
  long deleteDoomed() {
    List<Segment> deleted = dead.delete();
    if (deleted.isEmpty()) {
      return 0;
    }
    long bytes = 0;
    for (Segment segment : deleted) {
      synchronized (this) {
        slots.remove(segment.slot());
        release(segment.slot(), segment.fileBytes());
      }
      index.deleted(segment.sequence());
      bytes += segment.fileBytes();
    }
    roomComes();
    return bytes;
  }

  /**
   * Closes everything. A volatile tier deletes it too; what cannot be deleted is a left-over of the
   * next start.
   */
  void close() {
    closed = true;
    for (int slot = 0; slot < slots.count(); slot++) {
      Segment segment = slots.remove(slot);
      if (segment != null) {
        try {
          segment.close();
          if (!durable) {
            files.delete(segment.name());
          }
        } catch (IOException e) {
          counters.errors.increment();
        }
      }
    }
  }

  int slotCount() {
    return slots.count();
  }

  /** The segment in a slot, or null. */
  Segment at(int slot) {
    return slots.at(slot);
  }

  synchronized long lastSequence() {
    return lastSequence;
  }

  boolean isFull() {
    return full;
  }

  void noteFull(boolean isFull) {
    full = isFull;
  }
}
