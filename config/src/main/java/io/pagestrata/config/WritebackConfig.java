// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How zpages move down and up. Immutable; checked as part of a {@link PagestrataConfig}. What each
 * value means stands in {@link Settings}.
 *
 * @param highWatermark share of the RAM tier at which reclaim starts, 0 to 1
 * @param lowWatermark share of the RAM tier at which reclaim stops, below the high one
 * @param batchBytes most bytes of one write
 * @param ringSlots batches in flight
 * @param idleAge age at which pages sink without any pressure, or empty for never
 * @param flushInterval longest wait of a batch that is not full
 * @param promotion when refaulted pages come up again
 * @param promotionDistanceFactor share of the RAM tier that a refault distance may reach
 */
public record WritebackConfig(
    double highWatermark,
    double lowWatermark,
    int batchBytes,
    int ringSlots,
    Optional<Duration> idleAge,
    Duration flushInterval,
    PromotionMode promotion,
    double promotionDistanceFactor) {
  static WritebackConfig from(SectionDraft draft) {
    return new WritebackConfig(
        draft.get(Settings.WRITEBACK_HIGH_WATERMARK),
        draft.get(Settings.WRITEBACK_LOW_WATERMARK),
        Math.toIntExact(draft.get(Settings.WRITEBACK_BATCH_SIZE)),
        draft.get(Settings.WRITEBACK_RING_SLOTS),
        draft.get(Settings.WRITEBACK_IDLE_AGE),
        draft.get(Settings.WRITEBACK_FLUSH_INTERVAL),
        draft.get(Settings.WRITEBACK_PROMOTION),
        draft.get(Settings.WRITEBACK_PROMOTION_DISTANCE_FACTOR));
  }
}
