// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.core.tier.ScrubStats;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import io.pagestrata.tiers.file.index.IndexMode;
import io.pagestrata.tiers.file.index.LocationIndex;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps zpages in append-only segment files of one directory.
 *
 * <p>Volatile: files of an earlier run are deleted at the start and all files at the end. Durable:
 * they stay, every batch is forced before it counts as stored, and {@link #log} recovers them. One
 * batch is one write at the end of the open segment, one refault one positional read of exactly the
 * record. A segment whose records are all dead is deleted by the next store or upkeep step; sparse
 * ones are emptied by the {@link Cleaner} (after Rosenblum and Ousterhout, <em>The design and
 * implementation of a log-structured file system</em>, 1992).
 *
 * <p>Reads and frees take no lock. A read pins its segment, so that the file cannot go away under
 * it; a free is one subtraction. Locks, in the order in which they may be taken together:
 *
 * <pre>
 *   storeLock        the writeback stream: one batch at a time, held during its write
 *   maintenanceLock  the cleaning stream, the cursors of cleaner and scrubber; held during their I/O
 *     Segments.this    slots and charged bytes; never held during I/O
 *     WriteHealth.this fault count; never held during I/O
 * </pre>
 *
 * The first two are held together only to end writing and to close, storeLock first; the last two
 * never are.
 */
public final class FileTier implements Tier {
  private static final String NAME = "file";

  /** In place of a reserve for syncs. */
  private static final long VOLATILE = -1;

  private final FileTierSettings settings;
  private final SegmentKeys keys;
  private final FileLocators locators;
  private final FileCounters counters = new FileCounters();
  private final FileWear wear;
  private final Segments segments;
  private final WriteHealth health;
  private final SegmentWriter writer;
  private final FileUpkeep upkeep;
  private final Closeable directoryLock;
  private final SegmentLog log;
  private final ReentrantLock storeLock = new ReentrantLock();
  private final ReentrantLock maintenanceLock = new ReentrantLock();
  private volatile TierHost host;
  private volatile boolean closed;

  /** Everything is written down; guarded by either lock. */
  private boolean finished;

  /**
   * Takes the directory for a volatile tier and deletes what an earlier run left in it.
   *
   * @param settings sizes and targets
   * @param nanoClock monotonic clock in nanoseconds
   * @param files the directory, see {@link SegmentFiles#inDirectory}; must match the settings
   * @throws IOException when the directory is in use or cannot be used; nothing stays open
   */
  public FileTier(FileTierSettings settings, LongSupplier nanoClock, SegmentFiles files)
      throws IOException {
    this(settings, FileEncryption.none(), nanoClock, files, FileWear.unlimited());
  }

  /**
   * Takes the directory for a volatile tier with keys and a write budget, and deletes what an
   * earlier run left in it, but for what it used of the budget.
   *
   * @param settings sizes and targets
   * @param encryption with which keys records are written
   * @param nanoClock monotonic clock in nanoseconds
   * @param files the directory, see {@link SegmentFiles#inDirectory}; must match the settings
   * @param wear bounds what is written
   * @throws IOException when the directory is in use or cannot be used; nothing stays open
   */
  public FileTier(
      FileTierSettings settings,
      FileEncryption encryption,
      LongSupplier nanoClock,
      SegmentFiles files,
      FileWear wear)
      throws IOException {
    this(settings, encryption, VOLATILE, nanoClock, files, wear, storeId -> LocationIndex.NONE);
  }

  private FileTier(
      FileTierSettings settings,
      FileEncryption encryption,
      long syncReserveBytes,
      LongSupplier nanoClock,
      SegmentFiles files,
      FileWear wear,
      SegmentLog.IndexSource indexes)
      throws IOException {
    this.settings = settings;
    keys = new SegmentKeys(encryption, settings.pageBytes());
    locators = new FileLocators(settings.recordAlignment(), settings.segmentBytes());
    segments = new Segments(settings, keys, files, counters, locators, syncReserveBytes);
    health = new WriteHealth(nanoClock, settings.readOnlyRetry());
    this.wear = wear;
    writer = new SegmentWriter(settings, segments, locators, Stream.WRITEBACK);
    upkeep =
        new FileUpkeep(
            settings,
            segments,
            locators,
            counters,
            health,
            wear,
            nanoClock,
            writer,
            storeLock,
            new KeyProgress(settings.directory(), segments, keys.hasEarlier()));
    directoryLock = files.lock();
    try {
      log = segments.isDurable() ? openLog(files, indexes) : null;
      if (log == null) {
        checkVolatile(files);
      }
      wear.load();
    } catch (IOException | RuntimeException e) {
      segments.index().close();
      directoryLock.close();
      throw e;
    }
  }

  /**
   * Takes the directory for a durable tier, whose zpages survive.
   *
   * @param settings sizes and targets
   * @param encryption the keys
   * @param syncReserveBytes room that is kept for syncs: what a sync may have to write while the
   *     tier takes nothing else
   * @param nanoClock monotonic clock in nanoseconds
   * @param files the directory, see {@link SegmentFiles#inDirectory}; must match the settings
   * @param wear bounds what is written
   * @param index whether the places of records are kept beside the segments
   * @return the tier; its {@link #log} recovers what an earlier run left
   * @throws IOException when the directory is in use or cannot be used, or a key is missing;
   *     nothing stays open, and nothing was changed
   */
  public static FileTier durable(
      FileTierSettings settings,
      FileEncryption encryption,
      long syncReserveBytes,
      LongSupplier nanoClock,
      SegmentFiles files,
      FileWear wear,
      IndexMode index)
      throws IOException {
    SegmentLog.IndexSource indexes = SegmentLog.IndexSource.of(settings, index);
    return new FileTier(settings, encryption, syncReserveBytes, nanoClock, files, wear, indexes);
  }

  private SegmentLog openLog(SegmentFiles files, SegmentLog.IndexSource indexes)
      throws IOException {
    keys.check(files, segments.names().values());
    return new SegmentLog(
        settings,
        files,
        segments,
        keys,
        locators,
        counters,
        new SegmentLog.Appender() {
          @Override
          public TierOutcome append(ZpageBatch batch) throws IOException {
            return store(batch, batch.payloadBytes() == 0 ? Origin.REMOVALS : Origin.SYNC);
          }

          @Override
          public boolean makeRoom() throws IOException {
            return makeRoomForSync();
          }

          @Override
          public void finish() throws IOException {
            finishWriting();
          }
        },
        indexes);
  }

  private void checkVolatile(SegmentFiles files) throws IOException {
    if (new ManifestFiles(files).exist()) {
      throw new IOException("it holds a durable store, which a volatile one would delete");
    }
    LeftOvers.delete(files, segments.names().values(), "a volatile one would delete it");
  }

  private boolean makeRoomForSync() throws IOException {
    maintenanceLock.lock();
    try {
      return !closed && !finished && upkeep.makeRoom();
    } finally {
      maintenanceLock.unlock();
    }
  }

  private void finishWriting() throws IOException {
    storeLock.lock();
    maintenanceLock.lock();
    try {
      finished = true;
      writer.finish();
      upkeep.finishWriting();
    } finally {
      maintenanceLock.unlock();
      storeLock.unlock();
    }
  }

  @Override
  public Optional<PageLog> log() {
    return Optional.ofNullable(log);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void attach(TierHost newHost) {
    host = newHost;
    segments.attach(newHost);
    upkeep.attach(newHost);
  }

  @Override
  public int read(long locator, ByteBuffer scratch, ZpageReader reader) throws IOException {
    Segment segment = segments.of(locator);
    if (segment == null || !segment.pin()) {
      return GONE;
    }
    int result;
    try {
      long offset = locators.offset(locator);
      int bytes = locators.bytes(locator);
      if (offset + bytes > segment.dataEnd()) {
        return GONE; // an old locator into a slot that has a new segment now
      }
      int start = segment.read(scratch, offset, bytes);
      result = segment.show(scratch, start, bytes, offset, reader);
    } finally {
      segments.unpin(segment);
    }
    return result;
  }

  @Override
  public int scratchBytes() {
    int blocks = settings.directIo() ? 2 * AlignedBuffers.BLOCK_BYTES : 0;
    return (int) AlignedBuffers.ceil(settings.maxRecordBytes(), AlignedBuffers.BLOCK_BYTES)
        + blocks;
  }

  /**
   * {@inheritDoc}
   *
   * <p>After three faults in a row the tier answers READ_ONLY until the configured time has passed;
   * then the next batch is the trial.
   *
   * @throws IllegalArgumentException when the batch is larger than {@link
   *     FileTierSettings#maxBatchBytes}
   */
  @Override
  public TierOutcome store(ZpageBatch batch) throws IOException {
    return store(batch, Origin.WRITEBACK);
  }

  private TierOutcome store(ZpageBatch batch, Origin origin) throws IOException {
    if (batch.bytes() > settings.maxBatchBytes()) {
      throw new IllegalArgumentException(
          "a batch of " + batch.bytes() + " bytes exceeds " + settings.maxBatchBytes());
    }
    storeLock.lock();
    try {
      if (closed || finished) {
        return TierOutcome.CLOSED;
      }
      if (batch.count() == 0) {
        return TierOutcome.STORED;
      }
      if (!health.mayWrite()) {
        return refuse(TierOutcome.READ_ONLY);
      }
      // What was promised to survive is written whatever the day has left, and charged.
      long takenBytes = origin == Origin.WRITEBACK ? writer.mostBytes(batch) : 0;
      if (takenBytes > 0 && !wear.begin(takenBytes)) {
        return refuse(TierOutcome.OVER_BUDGET);
      }
      try {
        return append(batch, origin);
      } finally {
        wear.end(takenBytes, counters);
      }
    } finally {
      storeLock.unlock();
    }
  }

  private TierOutcome append(ZpageBatch batch, Origin origin) throws IOException {
    boolean stored;
    try {
      stored = writer.append(batch, origin);
    } catch (IOException e) {
      health.failed(e);
      throw e;
    }
    segments.noteFull(!stored);
    if (segments.isShortOfBytes() || segments.isShortOfSlots()) {
      host.underPressure();
    }
    if (!stored) {
      return refuse(TierOutcome.FULL);
    }
    health.succeeded();
    counters.storedZpages.add(batch.count());
    counters.storedBytes.add(batch.payloadBytes() + (long) batch.count() * ZpageHeader.BYTES);
    return TierOutcome.STORED;
  }

  @Override
  public Optional<String> trouble() {
    return health.trouble();
  }

  private TierOutcome refuse(TierOutcome outcome) {
    counters.refusals.increment();
    return outcome;
  }

  @Override
  public void free(long locator) {
    segments.free(locator);
  }

  @Override
  public void freeAfterSync(long locator) {
    segments.freeAfterSync(locator);
  }

  @Override
  public long heldBytes(long locator) {
    return locators.bytes(locator);
  }

  @Override
  public String describe(long locator) {
    Segment segment = segments.of(locator);
    String file = segment == null ? "deleted segment" : segment.name();
    return file + " offset " + locators.offset(locator);
  }

  @Override
  public long maintain() throws IOException {
    IOException failedSync = upkeep.beforeStep(log);
    maintenanceLock.lock();
    try {
      if (closed || finished) {
        return 0;
      }
      long freedBytes = upkeep.step();
      if (failedSync != null && freedBytes == 0) {
        throw failedSync;
      }
      return freedBytes;
    } finally {
      maintenanceLock.unlock();
    }
  }

  @Override
  public boolean addDictionaries(BitSet needed) {
    SegmentTotals.addDictionaries(segments, needed);
    return true;
  }

  @Override
  public ScrubStats scrubbing() {
    return upkeep.scrubbing();
  }

  @Override
  public WriteBudget writeBudget() {
    return wear.budget();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Zpage bytes held are counted with the padding of their records; stored bytes without.
   */
  @Override
  public TierStats stats() {
    SegmentTotals totals = SegmentTotals.of(segments);
    return new TierStats(
        NAME,
        state(),
        totals.zpages(),
        totals.liveUnits() * settings.recordAlignment(),
        totals.fileBytes(),
        settings.maxBytes(),
        counters.storedZpages.sum(),
        counters.storedBytes.sum(),
        counters.writtenBytes.sum(),
        counters.cleanedZpages.sum(),
        counters.cleanedBytes.sum(),
        counters.segmentsCleaned.sum(),
        counters.reads.sum(),
        counters.readBytes.sum(),
        counters.refusals.sum(),
        counters.errors.sum(),
        scrubbing(),
        upkeep.keys().outdatedBytes(),
        log == null ? RecoveryStats.NONE : log.recovered(),
        segments.index().stats());
  }

  private TierState state() {
    if (closed) {
      return TierState.CLOSED;
    }
    if (health.isReadOnly()) {
      return TierState.READ_ONLY;
    }
    if (wear.budget().isUsedUp()) {
      return TierState.OVER_BUDGET;
    }
    return segments.isFull() ? TierState.FULL : TierState.OPEN;
  }

  /** The segments by slot, for the accounts that tests keep. */
  Segments segments() {
    return segments;
  }

  /**
   * Closes all segment files, deletes them when volatile, and gives the directory back. Idempotent.
   */
  @Override
  public void close() {
    storeLock.lock();
    maintenanceLock.lock();
    try {
      if (!closed) {
        closed = true;
        segments.close();
        try {
          segments.index().close();
          wear.close(counters);
        } finally {
          directoryLock.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot give back " + settings.directory(), e);
    } finally {
      maintenanceLock.unlock();
      storeLock.unlock();
    }
  }
}
