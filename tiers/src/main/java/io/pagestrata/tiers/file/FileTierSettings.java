// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.RecordCipher;
import io.pagestrata.tiers.file.index.LocationList;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What a file tier must know at its start. Immutable; wrong values are refused one by one here, all
 * together by the configuration.
 *
 * @param directory where the segment files are; used by one store at a time
 * @param maxBytes most bytes of all segment files together, reserve included
 * @param segmentBytes most bytes of one segment file: a power of two, 64 KiB to 1 GiB
 * @param pageBytes page size of the store: a power of two, 4 KiB to 64 KiB
 * @param directIo whether reads and writes go past the page cache
 * @param liveRatioTarget the cleaner runs while live bytes / file bytes is below this, 0 to 0.95;
 *     the more, the less disk is taken and the more is written
 * @param freeSegmentTarget the cleaner runs while fewer segments than this can be opened for
 *     writeback, 1 or more
 * @param reserveSegments segments that only the cleaner may open, so that cleaning never waits for
 *     room that only cleaning can make, 1 or more
 * @param readOnlyRetry how long a tier that met repeated write faults takes no zpages before it
 *     tries again
 * @param scrubBytesPerSecond rate at which segments are read and checked in the background, 0 for
 *     not at all
 */
public record FileTierSettings(
    Path directory,
    long maxBytes,
    int segmentBytes,
    int pageBytes,
    boolean directIo,
    double liveRatioTarget,
    int freeSegmentTarget,
    int reserveSegments,
    Duration readOnlyRetry,
    long scrubBytesPerSecond) {
  /**
   * Settings without scrubbing.
   *
   * @param directory where the segment files are
   * @param maxBytes most bytes of all segment files together
   * @param segmentBytes most bytes of one segment file
   * @param pageBytes page size of the store
   * @param directIo whether reads and writes go past the page cache
   * @param liveRatioTarget live share below which the cleaner runs
   * @param freeSegmentTarget free segments below which the cleaner runs
   * @param reserveSegments segments that only the cleaner may open
   * @param readOnlyRetry how long a tier that met repeated write faults takes no zpages
   */
  public FileTierSettings(
      Path directory,
      long maxBytes,
      int segmentBytes,
      int pageBytes,
      boolean directIo,
      double liveRatioTarget,
      int freeSegmentTarget,
      int reserveSegments,
      Duration readOnlyRetry) {
    this(
        directory,
        maxBytes,
        segmentBytes,
        pageBytes,
        directIo,
        liveRatioTarget,
        freeSegmentTarget,
        reserveSegments,
        readOnlyRetry,
        0);
  }

  /** Smallest segment: 64 KiB. */
  public static final int MIN_SEGMENT_BYTES = 64 << 10;

  /** Smallest segment where the size is not given: 1 MiB. */
  private static final int LEAST_USUAL_SEGMENT_BYTES = 1 << 20;

  /** Largest segment: 1 GiB. */
  public static final int MAX_SEGMENT_BYTES = 1 << 30;

  /** Segment size where there is room for many of them: 64 MiB. */
  public static final int USUAL_SEGMENT_BYTES = 64 << 20;

  private static final int BATCHES_PER_SEGMENT = 4;
  private static final int CLEANING_CHUNK_BYTES = 256 << 10;
  private static final int MOST_SYNC_BYTES = 1 << 20;

  /** Share of the size that one segment should not exceed, so that the reserve stays small. */
  private static final int FEWEST_USUAL_SEGMENTS = 64;

  static final int MAX_PAGE_BYTES = 1 << 16;
  private static final double MAX_LIVE_RATIO_TARGET = 0.95;

  /**
   * Checks every value.
   *
   * @param directory any path
   * @param maxBytes room for the reserve and two segments more
   * @param segmentBytes a power of two, 64 KiB to 1 GiB
   * @param pageBytes a power of two, 4 KiB to 64 KiB
   * @param directIo either
   * @param liveRatioTarget 0 to 0.95
   * @param freeSegmentTarget 1 or more
   * @param reserveSegments 1 or more
   * @param readOnlyRetry zero or more
   * @param scrubBytesPerSecond zero or more
   * @throws IllegalArgumentException naming the first wrong value and what was expected
   */
  public FileTierSettings {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(readOnlyRetry, "readOnlyRetry");
    require(
        isPowerOfTwo(pageBytes)
            && pageBytes >= 1 << ZpageHeader.MIN_PAGE_SHIFT
            && pageBytes <= MAX_PAGE_BYTES,
        "pageBytes must be a power of two from 4096 to 65536, is " + pageBytes);
    require(
        isPowerOfTwo(segmentBytes)
            && segmentBytes >= MIN_SEGMENT_BYTES
            && segmentBytes <= MAX_SEGMENT_BYTES,
        "segmentBytes must be a power of two from 64 KiB to 1 GiB, is " + segmentBytes);
    require(
        liveRatioTarget >= 0 && liveRatioTarget <= MAX_LIVE_RATIO_TARGET,
        "liveRatioTarget must be from 0 to 0.95, is " + liveRatioTarget);
    require(freeSegmentTarget >= 1, "freeSegmentTarget must be 1 or more, is " + freeSegmentTarget);
    require(reserveSegments >= 1, "reserveSegments must be 1 or more, is " + reserveSegments);
    require(!readOnlyRetry.isNegative(), "readOnlyRetry must not be negative");
    require(scrubBytesPerSecond >= 0, "scrubBytesPerSecond must not be negative");
    long fewest = 2L + reserveSegments;
    require(
        maxBytes / segmentBytes >= fewest,
        "maxBytes must hold " + fewest + " segments of " + segmentBytes + " bytes, is " + maxBytes);
    long most = FileLocators.MAX_POSITION_UNITS * ZpageBatch.recordAlignment(pageBytes);
    require(maxBytes <= most, "maxBytes must be at most " + most + ", is " + maxBytes);
  }

  /**
   * Settings with the usual choices for everything but place and size.
   *
   * @param directory where the segment files are
   * @param maxBytes most bytes of all segment files together
   * @param pageBytes page size of the store
   * @return settings with buffered I/O
   */
  public static FileTierSettings of(Path directory, long maxBytes, int pageBytes) {
    return new FileTierSettings(
        directory,
        maxBytes,
        usualSegmentBytes(maxBytes),
        pageBytes,
        false,
        0.5,
        2,
        2,
        Duration.ofSeconds(5));
  }

  /**
   * These settings with scrubbing.
   *
   * @param bytesPerSecond rate at which segments are read and checked in the background
   * @return otherwise the same settings
   */
  public FileTierSettings scrubbedAt(long bytesPerSecond) {
    return new FileTierSettings(
        directory,
        maxBytes,
        segmentBytes,
        pageBytes,
        directIo,
        liveRatioTarget,
        freeSegmentTarget,
        reserveSegments,
        readOnlyRetry,
        bytesPerSecond);
  }

  /**
   * Segment size that suits a tier size: at most a 64th of it, at most 64 MiB.
   *
   * @param maxBytes most bytes of all segment files together
   * @return a power of two
   */
  public static int usualSegmentBytes(long maxBytes) {
    long share = Long.highestOneBit(Math.max(1, maxBytes / FEWEST_USUAL_SEGMENTS));
    return (int) Math.max(LEAST_USUAL_SEGMENT_BYTES, Math.min(USUAL_SEGMENT_BYTES, share));
  }

  /**
   * Most bytes a batch may have to be stored in this tier; larger segments take larger batches.
   *
   * @return bytes, a quarter of a segment
   */
  public int maxBatchBytes() {
    return maxBatchBytes(segmentBytes);
  }

  static int maxBatchBytes(int segmentBytes) {
    return segmentBytes / BATCHES_PER_SEGMENT;
  }

  /** Most bytes of a batch when it is encrypted. */
  static long sealedBytes(long batchBytes) {
    // A tombstone of 32 bytes becomes a record of 48, everything else grows by less.
    return batchBytes / 2 * 3;
  }

  /**
   * Memory that the tier takes for itself: two chunks of cleaning and one of scrubbing, and for
   * each of its two streams and for scrubbing a record table and a footer, by the estimate of one
   * record in a KiB.
   *
   * @param segmentBytes size of a segment
   * @return bytes, about 1 MiB for segments of 64 MiB
   */
  public static long bufferBytes(long segmentBytes) {
    long chunkBytes = Math.min(CLEANING_CHUNK_BYTES, segmentBytes / BATCHES_PER_SEGMENT);
    return 2 * (chunkBytes + 2 * AlignedBuffers.BLOCK_BYTES)
        + Scrubber.CHUNK_BYTES
        + 2 * AlignedBuffers.BLOCK_BYTES
        + 6 * segmentBytes / 1024 * SegmentFormat.TABLE_ENTRY_BYTES;
  }

  /**
   * Memory that the tier takes to seal the batches of its two streams, beside ciphers.
   *
   * @param segmentBytes size of a segment
   * @param batchBytes largest batch from above
   * @return bytes, about twice the batch
   */
  public static long sealingBytes(long segmentBytes, long batchBytes) {
    long chunkBytes = Math.min(CLEANING_CHUNK_BYTES, segmentBytes / BATCHES_PER_SEGMENT);
    return sealedBytes(batchBytes + chunkBytes);
  }

  /**
   * Memory that a durable store takes for the batches of its syncs.
   *
   * @param segmentBytes size of a segment
   * @return bytes, 1 MiB at most
   */
  public static long syncBytes(long segmentBytes) {
    return Math.min(MOST_SYNC_BYTES, segmentBytes / BATCHES_PER_SEGMENT);
  }

  /**
   * Memory that a durable store takes for what goes into its index: a list for each of two streams,
   * by the estimate of one record in a KiB.
   *
   * @param segmentBytes size of a segment
   * @return bytes, 4 MiB for segments of 64 MiB
   */
  public static long listBytes(long segmentBytes) {
    return 2 * (segmentBytes / 1024) * LocationList.RECORD_BYTES;
  }

  /** What the cleaner reads and writes at once; large enough that the medium sets its pace. */
  int cleaningChunkBytes() {
    return Math.min(CLEANING_CHUNK_BYTES, maxBatchBytes());
  }

  /**
   * Segments that the tier should not exceed, each an open file. Twice as many as full ones fit
   * into the size, so that when they are used up some are small, and enough small ones that two of
   * about the same size are among them: merging those is worth the copying, see {@link
   * MergeChoice}.
   */
  int segmentSlots() {
    return (int)
        Math.min(
            mostSegmentSlots(),
            2 * (maxBytes / segmentBytes)
                + reserveSegments
                + freeSegmentTarget
                + SegmentSlots.KEPT_IN_ALL
                + MergeChoice.MOST_DOUBLINGS);
  }

  /** Segments that locators can tell apart. */
  int mostSegmentSlots() {
    long units = (long) segmentBytes / recordAlignment();
    return (int) (FileLocators.MAX_POSITION_UNITS / units);
  }

  /** Alignment of every transfer between memory and file. */
  int blockBytes() {
    return directIo ? AlignedBuffers.BLOCK_BYTES : 1;
  }

  long freeSegmentTargetBytes() {
    return (long) freeSegmentTarget * segmentBytes;
  }

  int recordAlignment() {
    return ZpageBatch.recordAlignment(pageBytes);
  }

  /** Length of the record of a page that did not shrink, encrypted. */
  int maxRecordBytes() {
    return (int)
        AlignedBuffers.ceil(
            ZpageHeader.BYTES + pageBytes + RecordCipher.TAG_BYTES, recordAlignment());
  }

  private static boolean isPowerOfTwo(int value) {
    return Integer.bitCount(value) == 1;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
