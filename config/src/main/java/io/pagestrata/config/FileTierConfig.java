// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.file.index.IndexMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The packed segment files. Immutable; checked as part of a {@link PagestrataConfig}. What each
 * value means stands in {@link Settings}.
 *
 * @param directory where the segment files lie; owned by one store at a time
 * @param maxBytes size of all segment files together
 * @param segmentBytes size of one segment file, or empty to let the tier choose
 * @param directIo whether segments are read and written around the page cache
 * @param cleanBelowLiveShare segments are cleaned below this live share, 0 to 1
 * @param readOnlyRetry pause of writing after repeated faults
 * @param scrubBytesPerSecond rate of reading in the background, or empty for none
 * @param recompression how zpages are made denser on their way to disk
 * @param writeLimits most bytes written in a second and in a day
 * @param encryption how zpages on disk are encrypted
 * @param index whether a durable store keeps the places of its records
 */
public record FileTierConfig(
    Path directory,
    long maxBytes,
    Optional<Long> segmentBytes,
    boolean directIo,
    double cleanBelowLiveShare,
    Duration readOnlyRetry,
    Optional<Long> scrubBytesPerSecond,
    RecompressionConfig recompression,
    WriteLimits writeLimits,
    EncryptionConfig encryption,
    IndexMode index)
    implements TierConfig {
  /**
   * Describes a file tier that may write as much as it wants, encrypted as is the default, and
   * keeps an index where it can.
   *
   * @param directory where the segment files lie
   * @param maxBytes size of all segment files together
   * @param segmentBytes size of one segment file, or empty to let the tier choose
   * @param directIo whether segments are read and written around the page cache
   * @param cleanBelowLiveShare segments are cleaned below this live share, 0 to 1
   * @param readOnlyRetry pause of writing after repeated faults
   * @param recompression how zpages are made denser on their way to disk
   */
  public FileTierConfig(
      Path directory,
      long maxBytes,
      Optional<Long> segmentBytes,
      boolean directIo,
      double cleanBelowLiveShare,
      Duration readOnlyRetry,
      RecompressionConfig recompression) {
    this(
        directory,
        maxBytes,
        segmentBytes,
        directIo,
        cleanBelowLiveShare,
        readOnlyRetry,
        Optional.of(ScrubSettings.USUAL_BYTES_PER_SECOND),
        recompression,
        WriteLimits.NONE,
        EncryptionConfig.AUTO,
        IndexMode.AUTO);
  }

  static FileTierConfig from(SectionDraft draft) {
    return new FileTierConfig(
        draft.get(Settings.FILE_DIRECTORY),
        draft.get(Settings.FILE_MAX_SIZE),
        draft.get(Settings.FILE_SEGMENT_SIZE),
        draft.get(Settings.FILE_DIRECT_IO),
        draft.get(Settings.FILE_CLEAN_BELOW_LIVE_SHARE),
        draft.get(Settings.FILE_READ_ONLY_RETRY),
        draft.get(ScrubSettings.FILE_SCRUB_RATE),
        RecompressionSettings.ofFile(draft),
        new WriteLimits(
            draft.get(BudgetSettings.FILE_WRITE_BYTES_PER_SECOND),
            draft.get(BudgetSettings.FILE_WRITE_BYTES_PER_DAY)),
        EncryptionConfig.from(draft),
        draft.get(DurabilitySettings.FILE_INDEX));
  }

  @Override
  public String name() {
    return "file";
  }
}
