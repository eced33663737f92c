// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.time.Duration;
import java.util.List;

/** The table of the settings of dictionaries, as {@link Settings} is for those of a store. */
public final class DictionarySettings {
  private static final long KIB = 1024;

  /** Whether dictionaries are trained. */
  public static final Setting<Boolean> ENABLED =
      Setting.withDefault(
          "enabled",
          new BooleanType(),
          "true",
          DictionariesConfig.class,
          DictionariesConfig::enabled,
          "Whether pages that are compressed with zstd, at the put or later, get a dictionary that is"
              + " trained in the background on pages of their own pool. Takes 12 MiB beside the"
              + " dictionaries, and rests while that is more than an eighth of the top tier.");

  /** Size of a dictionary. */
  public static final Setting<Long> SIZE =
      Setting.withDefault(
          "size",
          new RangeType.Size(4 * KIB, 64 * KIB),
          "32KiB",
          DictionariesConfig.class,
          DictionariesConfig::bytes,
          "Most bytes of one dictionary. In memory, with what is made of it for each level, it takes"
              + " up to forty times that.");

  /** Least gain. */
  public static final Setting<Double> MIN_GAIN =
      Setting.withDefault(
          "min-gain",
          new RangeType.Decimal(0, 1),
          "0.03",
          DictionariesConfig.class,
          DictionariesConfig::minGain,
          "Least share by which pages that were held back from training must shrink further, for a"
              + " dictionary to be used.");

  /** Time between looks at a pool. */
  public static final Setting<Duration> CHECK_INTERVAL =
      Setting.withDefault(
          "check-interval",
          new RangeType.Time(Duration.ofSeconds(1), Duration.ofDays(365)),
          "10min",
          DictionariesConfig.class,
          DictionariesConfig::checkInterval,
          "Time after which pages of a pool are sampled again: a dictionary that has lost a quarter"
              + " of its gain is trained anew. Doubles with each training that came to nothing, up to"
              + " 64 times.");

  /** The dictionaries. */
  public static final Section<DictionariesConfig> DICTIONARIES =
      new Section<>(
          "dictionaries",
          "Dictionaries for zstd, trained on the pages of each pool.",
          DictionariesConfig::from,
          List.of(ENABLED, SIZE, MIN_GAIN, CHECK_INTERVAL));

  private DictionarySettings() {}
}
