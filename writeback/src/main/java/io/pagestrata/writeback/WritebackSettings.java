// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import io.pagestrata.writeback.monitor.MonitorSettings;
import io.pagestrata.writeback.pipeline.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings of writeback; immutable and checked whole.
 *
 * @param ringSlots batches in the ring of each tier, a power of two from 2 to 1024; 8 by default
 * @param batchBytes size of a batch, a multiple of 4096 from 128 KiB to 1 GiB; 1 MiB by default
 * @param highWatermark share of a tier's limit at which reclaim starts, below the level at which
 *     puts wait; 0.90 by default
 * @param lowWatermark share at which reclaim stops, above 0 and below the high one; 0.85 by default
 * @param idleAge age at which untouched regions are written back whatever the watermarks say; zero,
 *     the default, for never
 * @param flushInterval longest time a zpage waits in a batch that does not fill; 10 ms by default
 * @param closeWait longest time a close waits for batches in flight before it cancels them; 10 s by
 *     default
 * @param monitor settings of the monitor log
 */
public record WritebackSettings(
    int ringSlots,
    int batchBytes,
    double highWatermark,
    double lowWatermark,
    Duration idleAge,
    Duration flushInterval,
    Duration closeWait,
    MonitorSettings monitor) {
  private static final int LEAST_BATCH_BYTES = 128 << 10;
  private static final int MOST_BATCH_BYTES = 1 << 30;
  private static final int MOST_RING_SLOTS = 1024;

  /**
   * Checks the values.
   *
   * @param ringSlots see above
   * @param batchBytes see above
   * @param highWatermark see above
   * @param lowWatermark see above
   * @param idleAge see above
   * @param flushInterval see above
   * @param closeWait see above
   * @param monitor see above
   * @throws IllegalArgumentException with all problems in one message
   */
  public WritebackSettings {
    List<String> problems = new ArrayList<>();
    if (ringSlots < 2 || ringSlots > MOST_RING_SLOTS || Integer.bitCount(ringSlots) != 1) {
      problems.add("ringSlots must be a power of two from 2 to 1024, not " + ringSlots);
    }
    if (batchBytes < LEAST_BATCH_BYTES
        || batchBytes > MOST_BATCH_BYTES
        || batchBytes % Pipeline.BUFFER_ALIGNMENT != 0) {
      problems.add(
          "batchBytes must be a multiple of 4096 from 131072 to 1073741824, not " + batchBytes);
    }
    if (!(lowWatermark > 0 && lowWatermark < highWatermark && highWatermark < 1)) {
      problems.add(
          "watermarks must be 0 < low < high < 1, not low "
              + lowWatermark
              + ", high "
              + highWatermark);
    }
    if (idleAge.isNegative()) {
      problems.add("idleAge must not be negative, but is " + idleAge);
    }
    if (flushInterval.isNegative()) {
      problems.add("flushInterval must not be negative, but is " + flushInterval);
    }
    if (closeWait.isNegative()) {
      problems.add("closeWait must not be negative, but is " + closeWait);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * The defaults.
   *
   * @return settings
   */
  public static WritebackSettings defaults() {
    return new WritebackSettings(
        8,
        1 << 20,
        0.90,
        0.85,
        Duration.ZERO,
        Duration.ofMillis(10),
        Duration.ofSeconds(10),
        MonitorSettings.defaults());
  }
}
