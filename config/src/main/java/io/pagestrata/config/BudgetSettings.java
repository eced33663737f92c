// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;
import java.util.function.Function;

/** The table of the settings that bound writing to disk, part of {@link Settings}. */
public final class BudgetSettings {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long TIB = 1L << 40;

  /** Rate of the file tier. */
  public static final Setting<Optional<Long>> FILE_WRITE_BYTES_PER_SECOND =
      perSecond(
          FileTierConfig.class,
          FileTierConfig::writeLimits,
          "Most bytes written to segments in a second, cleaning included; writeback waits for it,"
              + " and puts wait for room.");

  /** Wear of the file tier. */
  public static final Setting<Optional<Long>> FILE_WRITE_BYTES_PER_DAY =
      perDay(
          FileTierConfig.class,
          FileTierConfig::writeLimits,
          "Most bytes written to segments in a day of UTC, cleaning included, to spare an SSD; kept"
              + " across restarts. When they are written the store works in RAM alone, and puts that"
              + " find it full are refused.");

  private BudgetSettings() {}

  static <R> Setting<Optional<Long>> perSecond(
      Class<R> owner, Function<R, WriteLimits> limits, String meaning) {
    return Setting.withDefault(
        "write-bytes-per-second",
        new OptionalType<>("off", new RangeType.Size(64 * KIB, TIB)),
        "off",
        owner,
        limits.andThen(WriteLimits::bytesPerSecond),
        meaning);
  }

  static <R> Setting<Optional<Long>> perDay(
      Class<R> owner, Function<R, WriteLimits> limits, String meaning) {
    return Setting.withDefault(
        "write-bytes-per-day",
        new OptionalType<>("off", new RangeType.Size(MIB, 1024 * TIB)),
        "off",
        owner,
        limits.andThen(WriteLimits::bytesPerDay),
        meaning);
  }
}
