// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.TierHost;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All segments of a tier by slot, and the account of the bytes they may take.
 *
 * <p>An open segment is charged with its full size, a sealed one with the length of its file.
 * Finding a segment and counting a record dead take no lock. {@code this} guards slots and charges
 * being given out and taken back, never during I/O.
 */
final class Segments {
  private static final long GRANT_ALIGNMENT = AlignedBuffers.BLOCK_BYTES;
  private static final Pattern NAME = Pattern.compile("segment-([0-9]{8,18})\\.pss");

  private final FileTierSettings settings;
  private final SegmentFiles files;
  private final FileCounters counters;
  private final FileLocators locators;
  private final UUID storeId = UUID.randomUUID();
  private final AtomicReferenceArray<Segment> slots;
  private final ConcurrentLinkedQueue<Segment> doomed = new ConcurrentLinkedQueue<>();
  private volatile TierHost host;
  private volatile boolean full;
  private volatile boolean closed;
  private volatile Segment openCleaning;

  // Guarded by this.
  private final int[] freeSlots;
  private int freeSlotCount;
  private long chargedBytes;
  private long lastSequence;

  Segments(
      FileTierSettings settings, SegmentFiles files, FileCounters counters, FileLocators locators) {
    this.settings = settings;
    this.files = files;
    this.counters = counters;
    this.locators = locators;
    int count = settings.segmentSlots();
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

  static boolean isName(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  /** Deletes the segments that an earlier run left; other files stay, whatever their name. */
  void deleteLeftOvers() throws IOException {
    ByteBuffer start = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
    for (String name : files.list()) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches()) {
        synchronized (this) {
          lastSequence = Math.max(lastSequence, Long.parseLong(matcher.group(1)));
        }
        if (isSegment(name, start)) {
          files.delete(name);
        }
      }
    }
  }

  private boolean isSegment(String name, ByteBuffer start) throws IOException {
    try (SegmentFile file = files.open(name)) {
      start.clear();
      return file.read(start, 0) == SegmentFormat.HEADER_BYTES && SegmentFormat.isSegment(start);
    }
  }

  /**
   * Makes a new segment with its header written.
   *
   * @param scratch aligned buffer of at least a header
   * @return null when the size is used up for this stream
   */
  Segment create(Stream stream, ByteBuffer scratch) throws IOException {
    deleteDoomed();
    int slot;
    long sequence;
    long granted;
    synchronized (this) {
      granted = Math.min(settings.segmentBytes(), freeBytes(stream)) & -GRANT_ALIGNMENT;
      int reservedSlots = stream == Stream.CLEANING ? 0 : settings.reserveSegments();
      if (freeSlotCount <= reservedSlots || granted < settings.maxBatchBytes() * 3L / 2) {
        return null;
      }
      slot = freeSlots[--freeSlotCount];
      chargedBytes += granted;
      sequence = ++lastSequence;
    }
    String name = String.format("segment-%08d.pss", sequence);
    SegmentFile file = null;
    try {
      file = files.create(name);
      Segment segment =
          new Segment(slot, sequence, name, file, granted, settings.blockBytes(), counters);
      SegmentFormat.writeHeader(scratch, settings, storeId, sequence, stream);
      segment.write(scratch, 0);
      slots.set(slot, segment);
      if (stream == Stream.CLEANING) {
        openCleaning = segment;
      }
      return segment;
    } catch (IOException | RuntimeException e) {
      if (file == null) {
        counters.errors.increment();
      } else {
        discard(name, file, e);
      }
      release(slot, granted);
      throw e;
    }
  }

  private void discard(String name, SegmentFile file, Exception cause) {
    try {
      file.close();
      files.delete(name);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private synchronized void release(int slot, long bytes) {
    freeSlots[freeSlotCount++] = slot;
    chargedBytes -= bytes;
  }

  /**
   * Bytes that new segments of a stream may take. Writeback leaves the reserve to cleaning, which
   * may partly lie in cleaning's open segment.
   */
  synchronized long freeBytes(Stream stream) {
    long free = settings.maxBytes() - chargedBytes;
    if (stream == Stream.CLEANING) {
      return free;
    }
    long reserve = (long) settings.reserveSegments() * settings.segmentBytes();
    return free - Math.max(0, reserve - roomInOpenCleaning());
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

  void unpin(Segment segment) {
    if (segment.unpin()) {
      doom(segment);
    }
  }

  private void doom(Segment segment) {
    if (segment.doom()) {
      doomed.add(segment);
      full = false;
      host.spaceFreed();
    }
  }

  /**
   * Deletes the files of dead segments. A file that cannot be deleted stays charged and is tried
   * again next time.
   *
   * @return bytes given back
   */
  long deleteDoomed() {
    long bytes = 0;
    for (int left = doomed.size(); left > 0; left--) {
      Segment segment = doomed.poll();
      if (segment == null) {
        return bytes;
      }
      try {
        segment.close();
        files.delete(segment.name());
      } catch (IOException e) {
        counters.errors.increment();
        doomed.add(segment);
        continue;
      }
      slots.set(segment.slot(), null);
      release(segment.slot(), segment.fileBytes());
      bytes += segment.fileBytes();
      full = false;
      host.spaceFreed();
    }
    return bytes;
  }

  /** Closes and deletes everything; what cannot be deleted is a left-over of the next start. */
  void close() {
    closed = true;
    for (int slot = 0; slot < slots.length(); slot++) {
      Segment segment = slots.getAndSet(slot, null);
      if (segment != null) {
        try {
          segment.close();
          files.delete(segment.name());
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
