// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.BudgetSettings;
import io.pagestrata.config.DurabilitySettings;
import io.pagestrata.config.EncryptionMode;
import io.pagestrata.config.EncryptionSettings;
import io.pagestrata.config.RecompressionSettings;
import io.pagestrata.config.ScrubSettings;
import io.pagestrata.config.Settings;
import io.pagestrata.tiers.file.index.IndexMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Options of the file tier.
 *
 * <p>Each option may be set once; what is not set has the default of {@link Settings}. A value that
 * is not allowed is reported by {@link PagestrataBuilder#build}. Not thread-safe.
 */
public final class FileTierBuilder {
  private final SectionBuilder section;

  FileTierBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Says where the segment files lie.
   *
   * @param directory made when missing, owned by one store at a time
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder directory(Path directory) {
    section.set(Settings.FILE_DIRECTORY, directory);
    return this;
  }

  /**
   * Says where the segment files lie.
   *
   * @param directory made when missing, owned by one store at a time
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder directory(String directory) {
    section.setText(Settings.FILE_DIRECTORY, directory);
    return this;
  }

  /**
   * Limits the size of all segment files together.
   *
   * @param size such as {@code 8GiB}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder maxSize(String size) {
    section.setText(Settings.FILE_MAX_SIZE, size);
    return this;
  }

  /**
   * Limits the size of all segment files together.
   *
   * @param bytes limit in bytes
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder maxSize(long bytes) {
    section.set(Settings.FILE_MAX_SIZE, bytes);
    return this;
  }

  /**
   * Sets the size of a segment file.
   *
   * @param size such as {@code 64MiB}, or {@code auto}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder segmentSize(String size) {
    section.setText(Settings.FILE_SEGMENT_SIZE, size);
    return this;
  }

  /**
   * Sets the size of a segment file.
   *
   * @param bytes a power of two
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder segmentSize(long bytes) {
    section.setSome(Settings.FILE_SEGMENT_SIZE, bytes);
    return this;
  }

  /**
   * Says whether segments are read and written around the page cache.
   *
   * @param directIo true when the file system allows it
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder directIo(boolean directIo) {
    section.set(Settings.FILE_DIRECT_IO, directIo);
    return this;
  }

  /**
   * Has segments cleaned while the live share of all of them is smaller.
   *
   * @param share 0 to 0.95; the more, the less disk is taken and the more is written
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder cleanBelowLiveShare(double share) {
    section.set(Settings.FILE_CLEAN_BELOW_LIVE_SHARE, share);
    return this;
  }

  /**
   * Sets how much is read in a second to verify checksums in the background.
   *
   * @param bytesPerSecond such as {@code 1MiB}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder scrubRate(String bytesPerSecond) {
    section.setText(ScrubSettings.FILE_SCRUB_RATE, bytesPerSecond);
    return this;
  }

  /**
   * Sets how long a tier that met repeated write faults takes no zpages.
   *
   * @param pause such as {@code 5s}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder readOnlyRetry(String pause) {
    section.setText(Settings.FILE_READ_ONLY_RETRY, pause);
    return this;
  }

  /**
   * Sets how long a tier that met repeated write faults takes no zpages.
   *
   * @param pause 100 milliseconds or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder readOnlyRetry(Duration pause) {
    section.set(Settings.FILE_READ_ONLY_RETRY, pause);
    return this;
  }

  /**
   * Has zpages made denser on their way to disk.
   *
   * @param codec {@code zstd-} and a level such as {@code zstd-1}, or {@code none}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder recompress(String codec) {
    section.setText(RecompressionSettings.FILE_RECOMPRESS, codec);
    return this;
  }

  /**
   * Leaves small payloads as they are.
   *
   * @param size such as {@code 512B}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder recompressMinSize(String size) {
    section.setText(RecompressionSettings.FILE_RECOMPRESS_MIN_SIZE, size);
    return this;
  }

  /**
   * Leaves small payloads as they are.
   *
   * @param bytes least payload that is recompressed
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder recompressMinSize(long bytes) {
    section.set(RecompressionSettings.FILE_RECOMPRESS_MIN_SIZE, bytes);
    return this;
  }

  /**
   * Limits what recompression takes of one core.
   *
   * @param share 0.01 to 0.95
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder recompressCpu(double share) {
    section.set(RecompressionSettings.FILE_RECOMPRESS_CPU, share);
    return this;
  }

  /**
   * Limits the bytes written in a second; writeback waits for it.
   *
   * @param bytes such as {@code 50MiB}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder writeBytesPerSecond(String bytes) {
    section.setText(BudgetSettings.FILE_WRITE_BYTES_PER_SECOND, bytes);
    return this;
  }

  /**
   * Limits the bytes written in a second; writeback waits for it.
   *
   * @param bytes most bytes in a second
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder writeBytesPerSecond(long bytes) {
    section.setSome(BudgetSettings.FILE_WRITE_BYTES_PER_SECOND, bytes);
    return this;
  }

  /**
   * Limits the bytes written in a day of UTC; when they are written the store works in RAM alone.
   *
   * @param bytes such as {@code 200GiB}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder writeBytesPerDay(String bytes) {
    section.setText(BudgetSettings.FILE_WRITE_BYTES_PER_DAY, bytes);
    return this;
  }

  /**
   * Limits the bytes written in a day of UTC; when they are written the store works in RAM alone.
   *
   * @param bytes most bytes in a day
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder writeBytesPerDay(long bytes) {
    section.setSome(BudgetSettings.FILE_WRITE_BYTES_PER_DAY, bytes);
    return this;
  }

  /**
   * Says whether a durable store keeps the places of its records beside the segments, so that it
   * opens fast.
   *
   * @param index auto is the default
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder index(IndexMode index) {
    section.set(DurabilitySettings.FILE_INDEX, index);
    return this;
  }

  /**
   * Says whether a durable store keeps the places of its records beside the segments, so that it
   * opens fast.
   *
   * @param index as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder index(String index) {
    section.setText(DurabilitySettings.FILE_INDEX, index);
    return this;
  }

  /**
   * Says with which key zpages on disk are encrypted.
   *
   * @param mode by default the given key; without one, a random one in a volatile store and none in
   *     a durable one
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder encryption(EncryptionMode mode) {
    section.set(EncryptionSettings.FILE_ENCRYPTION, mode);
    return this;
  }

  /**
   * Says with which key zpages on disk are encrypted.
   *
   * @param mode as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder encryption(String mode) {
    section.setText(EncryptionSettings.FILE_ENCRYPTION, mode);
    return this;
  }

  /**
   * Says where the key is.
   *
   * @param file 32 bytes or 64 hexadecimal digits, accessible to its owner only
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder encryptionKeyFile(Path file) {
    section.setSome(EncryptionSettings.FILE_ENCRYPTION_KEY_FILE, file);
    return this;
  }

  /**
   * Says what prints the key.
   *
   * @param command run by sh when the store is opened
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder encryptionKeyCommand(String command) {
    section.setSome(EncryptionSettings.FILE_ENCRYPTION_KEY_COMMAND, command);
    return this;
  }

  /**
   * Says where keys are that segments of a durable store may still need.
   *
   * @param files key files
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public FileTierBuilder encryptionPreviousKeyFiles(List<Path> files) {
    section.set(EncryptionSettings.FILE_ENCRYPTION_PREVIOUS_KEY_FILES, files);
    return this;
  }
}
