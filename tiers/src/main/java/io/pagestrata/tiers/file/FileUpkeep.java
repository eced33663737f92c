// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import java.io.IOException;
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
  private final SegmentWriter survivorWriter;
  private final Cleaner cleaner;
  private final Scrubber scrubber;
  private volatile TierHost host;

  FileUpkeep(
      FileTierSettings settings,
      Segments segments,
      FileLocators locators,
      FileCounters counters,
      WriteHealth health,
      FileWear wear,
      LongSupplier nanoClock) {
    this.segments = segments;
    this.counters = counters;
    this.health = health;
    this.wear = wear;
    keys = new KeyProgress(settings.directory(), segments);
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
   * Does what needs other locks: a sync, and the check of the files beside the segments. The caller
   * holds no lock.
   *
   * @param log of a durable tier, else null
   * @return what went wrong; it must not keep cleaning from making the room that is wanted
   */
  IOException beforeStep(SegmentLog log) {
    if (log == null) {
      return null;
    }
    try {
      if (scrubber.takeFiles()) {
        log.scrub();
      }
      if (segments.wantsSync() || scrubber.wantsSync()) {
        scrubber.syncBegins();
        host.sync();
      }
      return null;
    } catch (IOException e) {
      return e;
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
      if (!health.isReadOnly() && wear.mayClean()) {
        freedBytes += clean();
      }
    } finally {
      wear.save();
      scrubber.step();
    }
    return freedBytes;
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
