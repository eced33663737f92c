// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/** The table of the settings of reading in the background, part of {@link Settings}. */
public final class ScrubSettings {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;

  /** What {@link #FILE_SCRUB_RATE} is by default. */
  static final long USUAL_BYTES_PER_SECOND = MIB;

  /** Rate of scrubbing. */
  public static final Setting<Optional<Long>> FILE_SCRUB_RATE =
      Setting.withDefault(
          "scrub-rate",
          new OptionalType<>("off", new RangeType.Size(64 * KIB, 32 * MIB)),
          "1MiB",
          FileTierConfig.class,
          FileTierConfig::scrubBytesPerSecond,
          "Bytes of segments read in a second to verify their checksums in the background, a tenth"
              + " while the tier is busy; a pass begins an hour after the one before at the"
              + " earliest. Damage is told once, and written again where a copy above is whole.");

  private ScrubSettings() {}
}
