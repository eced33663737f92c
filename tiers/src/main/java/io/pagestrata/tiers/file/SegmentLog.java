// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.tiers.file.index.IndexMode;
import io.pagestrata.tiers.file.index.LocationIndex;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The segments and the manifest of a durable tier, as the store sees them at its start, in a sync
 * and at its end.
 *
 * <p>{@link SegmentRecovery} reads the segments; no more than the manifest is changed, so it can be
 * repeated.
 *
 * <p>Thread-safe; {@code this} guards the manifest.
 */
final class SegmentLog implements PageLog {
  private static final Logger LOG = LogManager.getLogger(SegmentLog.class);
  private static final String NO_MANIFEST =
      "its manifest is missing or damaged, 'pagestrata fsck' says what can be done";

  private final FileTierSettings settings;
  private final SegmentFiles files;
  private final Segments segments;
  private final FileLocators locators;
  private final FileCounters counters;
  private final ManifestFiles manifests;
  private final DictionaryFiles dictionaries;
  private final Appender appender;
  private final LocationIndex index;
  private Manifest manifest;
  private boolean uncertain;
  private volatile RecoveryStats recovered = RecoveryStats.NONE;

  /** What the log asks of its tier. */
  interface Appender {
    /** Stores a batch for a sync. */
    TierOutcome append(ZpageBatch batch) throws IOException;

    /** Tidies up until a sync finds room; false when it does not. */
    boolean makeRoom() throws IOException;

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
    RepairGuard.checkNoneIsUnderWay(files);
    manifests = new ManifestFiles(files);
    manifest = manifests.load();
    if (manifest == null) {
      LeftOvers.delete(files, segments.names().values(), NO_MANIFEST);
      new DictionaryFiles(files, new UUID(0, 0), keys).deleteAll();
      manifest = Manifest.ofNewStore(settings.pageBytes());
      files.forceEntry();
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
    segments.goOnBehind(manifest.lastSequence());
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

  private void save(Manifest wanted) throws IOException {
    int inHand = wanted.clean() ? 0 : Segments.SEQUENCES_IN_HAND;
    long lastSequence = Math.min(segments.lastSequence() + inHand, SegmentNames.MOST_SEQUENCE);
    Manifest next = wanted.withLastSequence(lastSequence);
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
  public synchronized long recover(Visitor visitor) throws IOException {
    SegmentRecovery recovery =
        new SegmentRecovery(
            settings, files, segments, locators, counters, manifest, dictionaries, index, visitor);
    recovered = recovery.run();
    long generation = recovery.generation();
    if (manifest.clean() && generation > manifest.generation()) {
      throw new IOException(
          "the manifest is older than the segments: generation " + generation + SegmentList.ADVICE);
    }
    dictionaries.retain(id -> manifest.pools().stream().anyMatch(pool -> pool.id() == id));
    save(manifest.unclean());
    return generation;
  }

  /**
   * Checks the files beside the segments, and writes those again that are damaged: what they hold
   * is known.
   *
   * @throws IOException when one cannot be written
   */
  synchronized void scrub() throws IOException {
    if (!uncertain && !manifests.isWhole(manifest)) {
      counters.errors.increment();
      LOG.error("{} is damaged; a new manifest is written", ManifestFiles.name(manifest));
      save(manifest.withNumber(manifest.number() + 1));
    }
    dictionaries.scrub(counters);
  }

  /** How the start went. */
  RecoveryStats recovered() {
    return recovered;
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
  public boolean makeRoom() throws IOException {
    return appender.makeRoom();
  }

  @Override
  public synchronized void beginSync() throws IOException {
    try {
      files.checkPresent();
    } catch (IOException e) {
      counters.errors.increment();
      throw e;
    }
    if (uncertain || segments.wantsSequences()) {
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
    save(manifest.clean(highestGeneration, SegmentList.of(segments)));
  }
}
