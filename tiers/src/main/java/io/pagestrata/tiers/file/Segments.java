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
import java.util.concurrent.atomic.AtomicReferenceArray;

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

  private static final long GRANT_ALIGNMENT = AlignedBuffers.BLOCK_BYTES;

  /** A durable tier asks for a sync when more than this part of its size waits for one. */
  private static final int MOST_WAITING_SHARE = 8;

  /**
   * Beside what is kept for syncs, this part of it is kept for removals: a segment at most, and
   * what a batch of them needs at least.
   */
  private static final int REMOVALS_SHARE = 4;

  private final FileTierSettings settings;
  private final SegmentKeys keys;
  private final SegmentFiles files;
  private final FileCounters counters;
  private final FileLocators locators;
  private final Tombstones tombstones;
  private final boolean durable;
  private final long syncReserveBytes;
  private final long removalsReserveBytes;
  private final AtomicReferenceArray<Segment> slots;

  private final DeadSegments dead;
  private final Deque<Segment> unsealed = new ConcurrentLinkedDeque<>();
  private volatile Manifest owner;
  private volatile LocationIndex index = LocationIndex.NONE;
  private volatile TierHost host;
  private volatile boolean full;
  private volatile boolean closed;
  private volatile Segment openCleaning;

  // Guarded by this.
  private final int[] freeSlots;
  private int freeSlotCount;
  private long chargedBytes;
  private long lastSequence;

  /** Up to here a manifest on the medium says that sequences may be in use. */
  private long promisedSequence;

  /**
   * Makes an empty set.
   *
   * @param syncReserveBytes bytes that only a sync may take; negative in a volatile tier
   * @param kept segments of an earlier run, which need not be as large as those of this one
   */
  Segments(
      FileTierSettings settings,
      SegmentKeys keys,
      SegmentFiles files,
      FileCounters counters,
      FileLocators locators,
      long syncReserveBytes,
      int kept) {
    durable = syncReserveBytes >= 0;
    dead = new DeadSegments(files, counters, durable);
    owner = Manifest.ofNewStore(settings.pageBytes());
    this.syncReserveBytes = Math.max(0, syncReserveBytes);
    this.settings = settings;
    this.keys = keys;
    removalsReserveBytes =
        durable
            ? Math.min(
                settings.segmentBytes(),
                Math.max(leastRemovalsBytes(), this.syncReserveBytes / REMOVALS_SHARE))
            : 0;
    this.files = files;
    this.counters = counters;
    this.locators = locators;
    tombstones = new Tombstones(this, settings.recordAlignment());
    int count = Math.min(locators.mostSlots(), settings.segmentSlots() + kept);
    slots = new AtomicReferenceArray<>(count);
    freeSlots = new int[count];
    while (freeSlotCount < count) {
      freeSlots[freeSlotCount] = count - 1 - freeSlotCount;
      freeSlotCount++;
    }
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
      if (freeSlotCount == 0 || bytes > settings.segmentBytes()) {
        throw new IOException(name + " of " + bytes + " bytes does not fit into the tier");
      }
      slot = freeSlots[--freeSlotCount];
      chargedBytes += bytes;
    }
    int block = Math.max(header.blockBytes(), settings.blockBytes());
    Segment segment =
        new Segment(slot, header.sequence(), name, file, bytes, block, cipher, counters);
    slots.set(slot, segment);
    return segment;
  }

  /**
   * Makes a new segment with its header written.
   *
   * @param room what may be taken of the room that is kept
   * @param former the one before in this stream, which gets no more records; or null
   * @param scratch aligned buffer of at least a header
   * @return null when the size is used up for this stream
   */
  Segment create(Stream stream, Origin.Room room, Segment former, ByteBuffer scratch)
      throws IOException {
    deleteDoomed();
    int slot;
    long sequence;
    long granted;
    synchronized (this) {
      granted = Math.min(mostGrantBytes(room), freeBytes(stream, room)) & -GRANT_ALIGNMENT;
      int reservedSlots = stream == Stream.CLEANING ? 0 : settings.reserveSegments();
      if (freeSlotCount <= reservedSlots || granted < leastGrantBytes()) {
        return null;
      }
      if (lastSequence >= SegmentNames.MOST_SEQUENCE) {
        throw new IOException("there is no number left for a segment");
      }
      slot = freeSlots[--freeSlotCount];
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
      slots.set(slot, segment);
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

  /** Room for the largest batch, with header and footer; encrypted, tombstones grow by half. */
  private long leastGrantBytes() {
    long halves = keys.forNew() == null ? 3 : 5;
    return settings.maxBatchBytes() * halves / 2;
  }

  /** Removals get no more than they must: room is short, and a segment is charged as a whole. */
  private long mostGrantBytes(Origin.Room room) {
    return room == Origin.Room.OF_REMOVALS ? leastRemovalsBytes() : settings.segmentBytes();
  }

  private long leastRemovalsBytes() {
    return leastGrantBytes() + GRANT_ALIGNMENT;
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
    freeSlots[freeSlotCount++] = slot;
    chargedBytes -= bytes;
  }

  /**
   * Bytes that new segments of a stream may take. Writeback leaves the reserve to cleaning, which
   * may partly lie in cleaning's open segment.
   */
  long freeBytes(Stream stream) {
    return freeBytes(stream, Origin.Room.USUAL);
  }

  /**
   * The same for those who may take some of the room that is kept. Cleaning and syncs leave each
   * other what is kept for them: cleaning alone can make room, and only a sync can say what need
   * not be kept.
   */
  synchronized long freeBytes(Stream stream, Origin.Room room) {
    long free = settings.maxBytes() - chargedBytes;
    long reserve = (long) settings.reserveSegments() * settings.segmentBytes();
    long forCleaning = Math.max(0, reserve - roomInOpenCleaning());
    long forSyncs = room == Origin.Room.USUAL ? syncReserveBytes : 0;
    long forRemovals = room == Origin.Room.OF_REMOVALS ? 0 : removalsReserveBytes;
    return stream == Stream.CLEANING
        ? Math.max(Math.min(free, forCleaning), free - forSyncs - forRemovals)
        : free - forSyncs - forRemovals - forCleaning;
  }

  /** Bytes that cleaning can still write before it has given any back. */
  synchronized long cleaningRoom() {
    return freeBytes(Stream.CLEANING) + roomInOpenCleaning();
  }

  private long roomInOpenCleaning() {
    Segment segment = openCleaning;
    return segment == null ? 0 : segment.grantedBytes() - segment.dataEnd();
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
    return slots.get(locators.slot(locator));
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
            && freeBytes(Stream.WRITEBACK) < settings.freeSegmentTargetBytes();
  }

  /** Whether a sync finds room for a batch in a new segment. */
  synchronized boolean hasRoomForSync() {
    return freeSlotCount > settings.reserveSegments()
        && freeBytes(Stream.WRITEBACK, Origin.Room.OF_SYNCS) >= leastRemovalsBytes();
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
      slots.set(segment.slot(), null);
      release(segment.slot(), segment.fileBytes());
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
    for (int slot = 0; slot < slots.length(); slot++) {
      Segment segment = slots.getAndSet(slot, null);
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
    return slots.length();
  }

  /** The segment in a slot, or null. */
  Segment at(int slot) {
    return slots.get(slot);
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
