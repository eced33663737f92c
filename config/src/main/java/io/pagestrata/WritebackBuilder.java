// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.PromotionMode;
import io.pagestrata.config.Settings;
import java.time.Duration;

/**
 * Options of writeback.
 *
 * <p>Each option may be set once; what is not set has the default of {@link Settings}. A value that
 * is not allowed is reported by {@link PagestrataBuilder#build}. Not thread-safe.
 */
public final class WritebackBuilder {
  private final SectionBuilder section;

  WritebackBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Sets where reclaim starts.
   *
   * @param share share of the RAM tier
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder highWatermark(double share) {
    section.set(Settings.WRITEBACK_HIGH_WATERMARK, share);
    return this;
  }

  /**
   * Sets where reclaim stops.
   *
   * @param share share of the RAM tier, below the high watermark
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder lowWatermark(double share) {
    section.set(Settings.WRITEBACK_LOW_WATERMARK, share);
    return this;
  }

  /**
   * Limits the bytes of one write.
   *
   * @param size such as {@code 256KiB}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder batchSize(String size) {
    section.setText(Settings.WRITEBACK_BATCH_SIZE, size);
    return this;
  }

  /**
   * Limits the bytes of one write.
   *
   * @param bytes a power of two
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder batchSize(long bytes) {
    section.set(Settings.WRITEBACK_BATCH_SIZE, bytes);
    return this;
  }

  /**
   * Limits the batches in flight.
   *
   * @param count a power of two
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder ringSlots(int count) {
    section.set(Settings.WRITEBACK_RING_SLOTS, count);
    return this;
  }

  /**
   * Has blocks of this age written back although there is room.
   *
   * @param age such as {@code 10min}, or {@code off}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder idleAge(String age) {
    section.setText(Settings.WRITEBACK_IDLE_AGE, age);
    return this;
  }

  /**
   * Has blocks of this age written back although there is room.
   *
   * @param age one second or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder idleAge(Duration age) {
    section.setSome(Settings.WRITEBACK_IDLE_AGE, age);
    return this;
  }

  /**
   * Limits the time a batch waits for more.
   *
   * @param interval such as {@code 10ms}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder flushInterval(String interval) {
    section.setText(Settings.WRITEBACK_FLUSH_INTERVAL, interval);
    return this;
  }

  /**
   * Limits the time a batch waits for more.
   *
   * @param interval one millisecond or more
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder flushInterval(Duration interval) {
    section.set(Settings.WRITEBACK_FLUSH_INTERVAL, interval);
    return this;
  }

  /**
   * Says when a page read from a lower tier comes up again.
   *
   * @param mode when
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder promotion(PromotionMode mode) {
    section.set(Settings.WRITEBACK_PROMOTION, mode);
    return this;
  }

  /**
   * Says when a page read from a lower tier comes up again.
   *
   * @param mode as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder promotion(String mode) {
    section.setText(Settings.WRITEBACK_PROMOTION, mode);
    return this;
  }

  /**
   * Sets how far promotion by refault distance reaches.
   *
   * @param factor multiple of the RAM tier
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public WritebackBuilder promotionDistanceFactor(double factor) {
    section.set(Settings.WRITEBACK_PROMOTION_DISTANCE_FACTOR, factor);
    return this;
  }
}
