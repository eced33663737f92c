// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.RecompressionSettings;
import io.pagestrata.config.Settings;
import io.pagestrata.config.ZpoolSettings;
import java.time.Duration;

/**
 * Options of a RAM tier.
 *
 * <p>Each option may be set once; what is not set has the default of {@link Settings}. A value that
 * is not allowed is reported by {@link PagestrataBuilder#build}. Not thread-safe.
 */
public final class RamTierBuilder {
  private final SectionBuilder section;

  RamTierBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Names the tier in statistics and log lines.
   *
   * @param name lower-case name
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder name(String name) {
    section.set(Settings.RAM_NAME, name);
    return this;
  }

  /**
   * Limits the memory of the tier; in the top one blocks, page table and buffers of the store
   * together.
   *
   * @param size such as {@code 256MiB}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder maxSize(String size) {
    section.setText(Settings.RAM_MAX_SIZE, size);
    return this;
  }

  /**
   * Limits the memory of the tier; in the top one blocks, page table and buffers of the store
   * together.
   *
   * @param bytes limit in bytes
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder maxSize(long bytes) {
    section.set(Settings.RAM_MAX_SIZE, bytes);
    return this;
  }

  /**
   * Chooses the codec of new zpages; only for the top tier.
   *
   * @param codec {@code lz4}, {@code none}, or {@code zstd-} and a level such as {@code zstd-3}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder codec(String codec) {
    section.set(Settings.RAM_CODEC, codec);
    return this;
  }

  /**
   * Chooses the allocator of zpages.
   *
   * @param kind {@code log}, {@code zsmalloc}, {@code zbud} or {@code chronicle}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder zpool(String kind) {
    section.setText(ZpoolSettings.RAM_ZPOOL, kind);
    return this;
  }

  /**
   * Sets which zpages leave first.
   *
   * @param policy {@code s3-fifo}, {@code second-chance} or {@code lru}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder eviction(String policy) {
    section.setText(ZpoolSettings.RAM_EVICTION, policy);
    return this;
  }

  /**
   * Sets how many frames the zpool {@code zsmalloc} chains at most.
   *
   * @param frames 1 to 16
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder zspageFrames(int frames) {
    section.set(ZpoolSettings.RAM_ZSPAGE_FRAMES, frames);
    return this;
  }

  /**
   * Has size classes compacted of which a smaller share is used, with the zpool {@code zsmalloc}.
   *
   * @param share 0 to 1; 0 turns compaction off
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder compactBelowUsedShare(double share) {
    section.set(ZpoolSettings.RAM_COMPACT_BELOW_USED_SHARE, share);
    return this;
  }

  /**
   * Sets the size of a block of the pool.
   *
   * @param size such as {@code 64KiB}, or {@code auto}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder blockSize(String size) {
    section.setText(Settings.RAM_BLOCK_SIZE, size);
    return this;
  }

  /**
   * Sets the size of a block of the pool.
   *
   * @param bytes a power of two
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder blockSize(long bytes) {
    section.setSome(Settings.RAM_BLOCK_SIZE, bytes);
    return this;
  }

  /**
   * Sets the number of parts of the pool that take puts independently.
   *
   * @param count a power of two
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder shards(int count) {
    section.setSome(Settings.RAM_SHARDS, count);
    return this;
  }

  /**
   * Has blocks with a smaller live share cleaned.
   *
   * @param share 0 to 0.95; 0 turns cleaning off
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder cleanBelowLiveShare(double share) {
    section.set(Settings.RAM_CLEAN_BELOW_LIVE_SHARE, share);
    return this;
  }

  /**
   * Says whether all memory is touched when the store opens.
   *
   * @param preTouch true for a slower open and a faster first fill
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder preTouch(boolean preTouch) {
    section.set(Settings.RAM_PRE_TOUCH, preTouch);
    return this;
  }

  /**
   * Says whether reads from the top tier check the checksum.
   *
   * @param verify false to trust the memory
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder verifyChecksum(boolean verify) {
    section.set(Settings.RAM_VERIFY_CHECKSUM, verify);
    return this;
  }

  /**
   * Has zpages made denser when they come from the tier above.
   *
   * @param codec {@code zstd-} and a level such as {@code zstd-1}, or {@code none}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder recompress(String codec) {
    section.setText(RecompressionSettings.RAM_RECOMPRESS, codec);
    return this;
  }

  /**
   * Leaves small payloads as they are.
   *
   * @param size such as {@code 512B}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder recompressMinSize(String size) {
    section.setText(RecompressionSettings.RAM_RECOMPRESS_MIN_SIZE, size);
    return this;
  }

  /**
   * Leaves small payloads as they are.
   *
   * @param bytes least payload that is recompressed
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder recompressMinSize(long bytes) {
    section.set(RecompressionSettings.RAM_RECOMPRESS_MIN_SIZE, bytes);
    return this;
  }

  /**
   * Has zpages that rest here unread made denser.
   *
   * @param age such as {@code 5min}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder recompressIdleAge(String age) {
    section.setText(RecompressionSettings.RAM_RECOMPRESS_IDLE_AGE, age);
    return this;
  }

  /**
   * Has zpages that rest here unread made denser.
   *
   * @param age 1 second or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder recompressIdleAge(Duration age) {
    section.setSome(RecompressionSettings.RAM_RECOMPRESS_IDLE_AGE, age);
    return this;
  }

  /**
   * Limits what recompression takes of one core.
   *
   * @param share 0.01 to 0.95
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RamTierBuilder recompressCpu(double share) {
    section.set(RecompressionSettings.RAM_RECOMPRESS_CPU, share);
    return this;
  }
}
