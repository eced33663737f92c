// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;

/**
 * What a file tier does in the background: deletes what is dead, cleans what is sparse, has synced
 * what must be, and looks for damage.
 *
 * <p>Owned by whoever holds the maintenance lock of the tier, but for {@link #beforeStep}.
 */
final class FileUpkeep {
  private final Segments segments;
  private final FileCounters counters;
  private final WriteHealth health;
  private final FileWear wear;
  private final KeyProgress keys;
  private final SegmentWriter writer;
  private final Lock storeLock;
  private final SegmentWriter survivorWriter;
  private final Cleaner cleaner;
  private final Scrubber scrubber;
  private volatile TierHost host;

  /** What writeback and syncs write to, as scrubbing is to see it; null when nobody looked. */
  private volatile Optional<ScrubPass.Target> written;

  /**
   * Makes it for one tier.
   *
   * @param writer of what comes from above
   * @param storeLock guards it
   */
  FileUpkeep(
      FileTierSettings settings,
      Segments segments,
      FileLocators locators,
      FileCounters counters,
      WriteHealth health,
      FileWear wear,
      LongSupplier nanoClock,
      SegmentWriter writer,
      Lock storeLock,
      KeyProgress keys) {
    this.segments = segments;
    this.writer = writer;
    this.storeLock = storeLock;
    this.counters = counters;
    this.health = health;
    this.wear = wear;
    this.keys = keys;
    survivorWriter = new SegmentWriter(settings, segments, locators, Stream.CLEANING);
    cleaner = new Cleaner(settings, segments, survivorWriter, locators, counters);
    TombstoneScrub tombstones =
        new TombstoneScrub(settings, segments, locators, counters, survivorWriter);
    scrubber = new Scrubber(settings, segments, locators, counters, tombstones, nanoClock);
  }

  void attach(TierHost newHost) {
    host = newHost;
    cleaner.attach(newHost);
    scrubber.attach(newHost);
  }

  /** How far the records are that are to get another key. */
  KeyProgress keys() {
    return keys;
  }

  ScrubStats scrubbing() {
    return scrubber.stats();
  }

  /**
   * Does what needs other locks: a sync, the check of the files beside the segments, and what
   * scrubbing wants of a segment that is being written. The caller holds no lock.
   *
   * @param log of a durable tier, else null
   * @return what went wrong; it must not keep cleaning from making the room that is wanted
   */
  IOException beforeStep(SegmentLog log) {
    try {
      lookAtWriter();
      if (log == null) {
        return null;
      }
      if (scrubber.takeFiles()) {
        log.scrub();
      }
      boolean scrubbingWants = scrubber.wantsSync();
      if (segments.wantsSync() || scrubbingWants) {
        scrubber.wantSync(false);
        if (!host.sync()) {
          scrubber.wantSync(scrubbingWants);
        }
      }
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  private void lookAtWriter() throws IOException {
    Segment unsound = scrubber.unsound();
    if (unsound == null && !scrubber.wantsOpen()) {
      return;
    }
    storeLock.lock();
    try {
      if (unsound != null) {
        writer.finish(unsound);
      }
      written = Optional.ofNullable(writer.written());
    } finally {
      storeLock.unlock();
    }
  }

  /**
   * Makes a step of everything else.
   *
   * @return bytes moved or given back, 0 when there is nothing to do
   */
  long step() throws IOException {
    segments.tombstones().closeHorizons();
    long freedBytes = segments.deleteDoomed();
    keys.tell();
    try {
      if (health.mayWrite() && wear.mayClean()) {
        freedBytes += clean();
      }
    } finally {
      wear.save();
      scrub();
    }
    return freedBytes;
  }

  private void scrub() throws IOException {
    Optional<ScrubPass.Target> known = written;
    if (known != null) {
      scrubber.addOpen(known.orElse(null), survivorWriter.written());
      written = null;
    }
    survivorWriter.finish(scrubber.unsound());
    scrubber.step();
  }

  /**
   * Deletes and cleans until a sync finds room for a batch, within bounds. Small segments are
   * merged whatever the day has left to write, and charged: what a sync promised must not wait for
   * that. A segment that cannot be cleaned matters only when the others do not make room enough.
   *
   * @return whether it may find some now
   * @throws IOException when there is none, and the medium failed
   */
  boolean makeRoom() throws IOException {
    segments.tombstones().closeHorizons();
    long freedBytes = segments.deleteDoomed();
    IOException failure = null;
    long cleanedBytes = 1;
    for (int steps = segments.slotCount();
        steps > 0 && cleanedBytes > 0 && mayMakeRoom();
        steps--) {
      try {
        cleanedBytes = clean() + segments.deleteDoomed();
      } catch (CleaningWriteException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        failure = e instanceof IOException of ? of : new IOException(e);
      }
    }
    if (failure != null && !segments.hasRoomForSync()) {
      throw failure;
    }
    return segments.hasRoomForSync() || cleanedBytes == 0 && freedBytes > 0;
  }

  private boolean mayMakeRoom() {
    return !segments.hasRoomForSync()
        && health.mayWrite()
        && (wear.mayClean() || segments.isShortOfSlots());
  }

  private long clean() throws IOException {
    try {
      return cleaner.step();
    } catch (CleaningWriteException e) {
      health.failed(e);
      throw e;
    } finally {
      wear.settle(counters);
    }
  }

  /** Ends writing of survivors; what was written is on the medium then. */
  void finishWriting() throws IOException {
    survivorWriter.finish();
  }
}
