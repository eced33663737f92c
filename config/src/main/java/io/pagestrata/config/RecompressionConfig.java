// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How a tier makes its zpages denser. Immutable; checked as part of a {@link PagestrataConfig}.
 * What each value means stands in {@link RecompressionSettings}.
 *
 * @param codec name of the denser codec, or empty to leave zpages as they are
 * @param minBytes least payload that is worth a try
 * @param idleAge age at which zpages at rest are tried, or empty for never
 * @param cpuShare share of one core that may be spent
 */
public record RecompressionConfig(
    Optional<String> codec, long minBytes, Optional<Duration> idleAge, double cpuShare) {
  /** Zpages stay as they are; the other values are the defaults. */
  public static final RecompressionConfig NONE =
      new RecompressionConfig(
          Optional.empty(),
          RecompressionSettings.DEFAULT_MIN_BYTES,
          Optional.empty(),
          RecompressionSettings.DEFAULT_CPU_SHARE);
}
