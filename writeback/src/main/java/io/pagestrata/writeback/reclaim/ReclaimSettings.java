// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

/**
 * The few values a reclaimer keeps.
 *
 * @param highWatermark share of the tier's limit at which reclaim starts
 * @param lowWatermark share at which it stops
 * @param idleAgeNanos age at which untouched regions are written back, 0 for never
 * @param flushIntervalNanos longest time a zpage waits in a batch that does not fill
 */
public record ReclaimSettings(
    double highWatermark, double lowWatermark, long idleAgeNanos, long flushIntervalNanos) {}
