// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * The table of the settings with which a tier makes its zpages denser, part of {@link Settings}.
 */
public final class RecompressionSettings {
  static final long DEFAULT_MIN_BYTES = 512;
  static final double DEFAULT_CPU_SHARE = 0.5;

  /** Denser codec of a RAM tier. */
  public static final Setting<Optional<String>> RAM_RECOMPRESS =
      recompress(
          RamTierConfig.class,
          RamTierConfig::recompression,
          "Denser codec for zpages that come from the tier above and, with recompress-idle-age, for"
              + " cold ones that rest here; none lets them pass as they are. The top tier needs"
              + " recompress-idle-age for it.");

  /** Least payload worth a try in a RAM tier. */
  public static final Setting<Long> RAM_RECOMPRESS_MIN_SIZE =
      minSize(RamTierConfig.class, RamTierConfig::recompression);

  /** Age at which zpages at rest are tried. */
  public static final Setting<Optional<Duration>> RAM_RECOMPRESS_IDLE_AGE =
      Setting.withDefault(
          "recompress-idle-age",
          new OptionalType<>(
              "off", new RangeType.Time(Duration.ofSeconds(1), Duration.ofDays(365))),
          "off",
          RamTierConfig.class,
          it -> it.recompression().idleAge(),
          "Age at which zpages that rest here unread are recompressed in place, while reclaim has"
              + " nothing to do; off leaves them as they are.");

  /** Share of a core for a RAM tier. */
  public static final Setting<Double> RAM_RECOMPRESS_CPU =
      cpu(RamTierConfig.class, RamTierConfig::recompression);

  /** Denser codec of the file tier. */
  public static final Setting<Optional<String>> FILE_RECOMPRESS =
      recompress(
          FileTierConfig.class,
          FileTierConfig::recompression,
          "Denser codec for zpages on their way to disk; none writes them as they are.");

  /** Least payload worth a try on the way to disk. */
  public static final Setting<Long> FILE_RECOMPRESS_MIN_SIZE =
      minSize(FileTierConfig.class, FileTierConfig::recompression);

  /** Share of a core on the way to disk. */
  public static final Setting<Double> FILE_RECOMPRESS_CPU =
      cpu(FileTierConfig.class, FileTierConfig::recompression);

  private RecompressionSettings() {}

  private static <R> Setting<Optional<String>> recompress(
      Class<R> owner, Function<R, RecompressionConfig> part, String meaning) {
    return Setting.withDefault(
        "recompress",
        new OptionalType<>(
            "none",
            new TextType(
                "a codec that makes zpages denser",
                "zstd-(-[1-7]|[1-9]|1[0-9])",
                "zstd- and a level from -7 to 19 other than 0")),
        "none",
        owner,
        it -> part.apply(it).codec(),
        meaning);
  }

  private static <R> Setting<Long> minSize(Class<R> owner, Function<R, RecompressionConfig> part) {
    return Setting.withDefault(
        "recompress-min-size",
        new RangeType.Size(0, 64 << 10),
        Units.formatBytes(DEFAULT_MIN_BYTES),
        owner,
        it -> part.apply(it).minBytes(),
        "Payloads smaller than this are not recompressed: there is too little to gain.");
  }

  private static <R> Setting<Double> cpu(Class<R> owner, Function<R, RecompressionConfig> part) {
    return Setting.withDefault(
        "recompress-cpu",
        new RangeType.Decimal(0.01, 0.95),
        Double.toString(DEFAULT_CPU_SHARE),
        owner,
        it -> part.apply(it).cpuShare(),
        "Share of one core that recompression may take; what is beyond it passes as it is.");
  }

  static RecompressionConfig ofRam(SectionDraft draft) {
    return new RecompressionConfig(
        draft.get(RAM_RECOMPRESS),
        draft.get(RAM_RECOMPRESS_MIN_SIZE),
        draft.get(RAM_RECOMPRESS_IDLE_AGE),
        draft.get(RAM_RECOMPRESS_CPU));
  }

  static RecompressionConfig ofFile(SectionDraft draft) {
    return new RecompressionConfig(
        draft.get(FILE_RECOMPRESS),
        draft.get(FILE_RECOMPRESS_MIN_SIZE),
        Optional.empty(),
        draft.get(FILE_RECOMPRESS_CPU));
  }
}
