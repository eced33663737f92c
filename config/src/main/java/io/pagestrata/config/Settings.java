// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The table of all settings. Name, unit, default and meaning of a setting stand here and nowhere
 * else: YAML and builder read values through it, {@code docs/settings.md} and the JSON Schema are
 * written from it.
 */
public final class Settings {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long TIB = 1L << 40;
  static final long LEAST_RAM_BYTES = MIB;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  private static final ValueType<String> NAME =
      new TextType(
          "a name",
          "[a-z][a-z0-9-]{0,31}",
          "a lower-case letter, then up to 31 lower-case letters, digits or hyphens");
  private static final ValueType<String> CODEC_NAME =
      new TextType(
          "a codec",
          "lz4|none|zstd-(-[1-7]|[1-9]|1[0-9])",
          "lz4, none, or zstd- and a level from -7 to 19 other than 0");

  /** Page size. */
  public static final Setting<Long> PAGE_SIZE =
      Setting.withDefault(
          "page-size",
          new RangeType.PowerOfTwoSize(4 * KIB, 64 * KIB),
          "4KiB",
          StoreValues.class,
          it -> (long) it.pageBytes(),
          "Size of every page of the store.");

  /** Longest wait of a put. */
  public static final Setting<Duration> PUT_WAIT =
      Setting.withDefault(
          "put-wait",
          new RangeType.Time(Duration.ZERO, HOUR),
          "5s",
          StoreValues.class,
          StoreValues::putWait,
          "Longest time a put waits for room before it is refused. Where RAM is the only tier it"
              + " waits only while cleaning makes room.");

  /** Longest wait of a close. */
  public static final Setting<Duration> CLOSE_WAIT =
      Setting.withDefault(
          "close-wait",
          new RangeType.Time(Duration.ZERO, HOUR),
          "10s",
          StoreValues.class,
          StoreValues::closeWait,
          "Longest time a close waits for operations in flight, then for batches in flight, then for"
              + " its last steps to get on (30s at least); and a write-back on request for anything"
              + " to move (2s at least).");

  /** Name of the RAM tier. */
  public static final Setting<String> RAM_NAME =
      Setting.withDefault(
          "name",
          NAME,
          "ram",
          RamTierConfig.class,
          RamTierConfig::name,
          "Name of the tier in statistics and log lines.");

  /** Memory of the store. */
  public static final Setting<Long> RAM_MAX_SIZE =
      Setting.required(
          "max-size",
          new RangeType.Size(LEAST_RAM_BYTES, TIB),
          "256MiB",
          RamTierConfig.class,
          RamTierConfig::maxBytes,
          "Hard limit of the memory of the tier; in the top one blocks, page table and buffers of"
              + " the store together.");

  /** Codec of new zpages. */
  public static final Setting<String> RAM_CODEC =
      Setting.withDefault(
          "codec",
          CODEC_NAME,
          "lz4",
          RamTierConfig.class,
          RamTierConfig::codec,
          "Codec for pages put from now on; older zpages stay readable whatever made them. Only for"
              + " the top tier: zpages come to a lower one as they are, or see recompress.");

  /** Block size of the pool. */
  public static final Setting<Optional<Long>> RAM_BLOCK_SIZE =
      Setting.withDefault(
          "block-size",
          new OptionalType<>("auto", new RangeType.PowerOfTwoSize(16 * KIB, 8 * MIB)),
          "auto",
          RamTierConfig.class,
          RamTierConfig::blockBytes,
          "With zpool log: size of one block, the unit in which memory is reclaimed.");

  /** Shards of the pool. */
  public static final Setting<Optional<Integer>> RAM_SHARDS =
      Setting.withDefault(
          "shards",
          new OptionalType<>("auto", new RangeType.PowerOfTwoCount(1, 64)),
          "auto",
          RamTierConfig.class,
          RamTierConfig::shards,
          "With zpool log: parts that take puts independently; more of them need more memory.");

  /** Cleaning threshold of blocks. */
  public static final Setting<Double> RAM_CLEAN_BELOW_LIVE_SHARE =
      Setting.withDefault(
          "clean-below-live-share",
          new RangeType.Decimal(0, 0.95),
          "0.9",
          RamTierConfig.class,
          RamTierConfig::cleanBelowLiveShare,
          "With zpool log: blocks with a smaller share of live bytes are cleaned before the oldest is"
              + " evicted; 0 turns cleaning off.");

  /** Touching memory early. */
  public static final Setting<Boolean> RAM_PRE_TOUCH =
      Setting.withDefault(
          "pre-touch",
          new BooleanType(),
          "true",
          RamTierConfig.class,
          RamTierConfig::preTouch,
          "Touches all memory when the store opens, so that the first fill does not pay for it.");

  /** Checksums on reads from RAM. */
  public static final Setting<Boolean> RAM_VERIFY_CHECKSUM =
      Setting.withDefault(
          "verify-checksum",
          new BooleanType(),
          "true",
          RamTierConfig.class,
          RamTierConfig::verifyChecksum,
          "Checks the checksum on every read from the top tier as well; reads from below always"
              + " check it.");

  /** Directory of the segment files. */
  public static final Setting<Path> FILE_DIRECTORY =
      Setting.required(
          "directory",
          new PathType(),
          "/var/lib/pagestrata",
          FileTierConfig.class,
          FileTierConfig::directory,
          "Directory of the segment files; made when missing, owned by one store at a time.");

  /** Room on disk. */
  public static final Setting<Long> FILE_MAX_SIZE =
      Setting.required(
          "max-size",
          new RangeType.Size(4 * MIB, 128 * TIB),
          "8GiB",
          FileTierConfig.class,
          FileTierConfig::maxBytes,
          "Hard limit of all segment files together.");

  /** Size of one segment file. */
  public static final Setting<Optional<Long>> FILE_SEGMENT_SIZE =
      Setting.withDefault(
          "segment-size",
          new OptionalType<>("auto", new RangeType.PowerOfTwoSize(MIB, GIB)),
          "auto",
          FileTierConfig.class,
          FileTierConfig::segmentBytes,
          "Size of one segment file, the unit in which disk space is made free; auto is 64MiB,"
              + " less in a tier smaller than 4GiB.");

  /** Direct I/O. */
  public static final Setting<Boolean> FILE_DIRECT_IO =
      Setting.withDefault(
          "direct-io",
          new BooleanType(),
          "false",
          FileTierConfig.class,
          FileTierConfig::directIo,
          "Reads and writes segments around the page cache; the file system must allow it.");

  /** Cleaning threshold of the file tier. */
  public static final Setting<Double> FILE_CLEAN_BELOW_LIVE_SHARE =
      Setting.withDefault(
          "clean-below-live-share",
          new RangeType.Decimal(0, 0.95),
          "0.5",
          FileTierConfig.class,
          FileTierConfig::cleanBelowLiveShare,
          "Segments are cleaned while the live share of all of them is smaller: the more, the less"
              + " disk is taken and the more is written.");

  /** Pause after write faults. */
  public static final Setting<Duration> FILE_READ_ONLY_RETRY =
      Setting.withDefault(
          "read-only-retry",
          new RangeType.Time(Duration.ofMillis(100), HOUR),
          "5s",
          FileTierConfig.class,
          FileTierConfig::readOnlyRetry,
          "Time for which a tier that met repeated write faults takes no zpages before it tries"
              + " again.");

  /** Start of reclaim. */
  public static final Setting<Double> WRITEBACK_HIGH_WATERMARK =
      Setting.withDefault(
          "high-watermark",
          new RangeType.Decimal(0.05, 0.95),
          "0.9",
          WritebackConfig.class,
          WritebackConfig::highWatermark,
          "Share of a RAM tier in use at which reclaim starts.");

  /** End of reclaim. */
  public static final Setting<Double> WRITEBACK_LOW_WATERMARK =
      Setting.withDefault(
          "low-watermark",
          new RangeType.Decimal(0.01, 0.94),
          "0.85",
          WritebackConfig.class,
          WritebackConfig::lowWatermark,
          "Share of a RAM tier in use at which reclaim stops; below high-watermark.");

  /** Bytes of one write. */
  public static final Setting<Long> WRITEBACK_BATCH_SIZE =
      Setting.withDefault(
          "batch-size",
          new RangeType.PowerOfTwoSize(128 * KIB, 16 * MIB),
          "256KiB",
          WritebackConfig.class,
          it -> (long) it.batchBytes(),
          "Most bytes that go to the tier below in one write.");

  /** Batches in flight. */
  public static final Setting<Integer> WRITEBACK_RING_SLOTS =
      Setting.withDefault(
          "ring-slots",
          new RangeType.PowerOfTwoCount(2, 64),
          "8",
          WritebackConfig.class,
          WritebackConfig::ringSlots,
          "Batches in flight from one tier to the next; each takes batch-size of the memory of the"
              + " top tier.");

  /** Age at which pages sink unpressed. */
  public static final Setting<Optional<Duration>> WRITEBACK_IDLE_AGE =
      Setting.withDefault(
          "idle-age",
          new OptionalType<>(
              "off", new RangeType.Time(Duration.ofSeconds(1), DAY.multipliedBy(365))),
          "off",
          WritebackConfig.class,
          WritebackConfig::idleAge,
          "Age at which blocks are written back although there is room.");

  /** Longest wait of a batch. */
  public static final Setting<Duration> WRITEBACK_FLUSH_INTERVAL =
      Setting.withDefault(
          "flush-interval",
          new RangeType.Time(MILLISECOND, HOUR),
          "10ms",
          WritebackConfig.class,
          WritebackConfig::flushInterval,
          "Longest time a batch that is not full waits for more.");

  /** When refaulted pages come up. */
  public static final Setting<PromotionMode> WRITEBACK_PROMOTION =
      Setting.withDefault(
          "promotion",
          new ChoiceType<>(PromotionMode.class),
          "refault-distance",
          WritebackConfig.class,
          WritebackConfig::promotion,
          "When a page read from a lower tier comes up again.");

  /** Reach of promotion by refault distance. */
  public static final Setting<Double> WRITEBACK_PROMOTION_DISTANCE_FACTOR =
      Setting.withDefault(
          "promotion-distance-factor",
          new RangeType.Decimal(0.01, 16),
          "1.0",
          WritebackConfig.class,
          WritebackConfig::promotionDistanceFactor,
          "With promotion refault-distance: a page comes up when fewer zpage bytes than this"
              + " multiple of the RAM tier were evicted since it was.");

  /** Time between summary lines. */
  public static final Setting<Duration> MONITOR_INTERVAL =
      Setting.withDefault(
          "interval",
          new RangeType.Time(Duration.ofMillis(100), DAY),
          "10s",
          MonitorConfig.class,
          MonitorConfig::interval,
          "Time between two lines of totals.");

  /** Most lines of one kind. */
  public static final Setting<Integer> MONITOR_EVENTS_PER_SECOND =
      Setting.withDefault(
          "events-per-second",
          new RangeType.Count(1, 1000),
          "5",
          MonitorConfig.class,
          MonitorConfig::eventsPerSecond,
          "Most lines of one kind of event in a second; the rest is counted.");

  /** Form of the log lines. */
  public static final Setting<MonitorFormat> MONITOR_FORMAT =
      Setting.withDefault(
          "format",
          new ChoiceType<>(MonitorFormat.class),
          "text",
          MonitorConfig.class,
          MonitorConfig::format,
          "Form of the monitor's log lines: text for people, json for programs.");

  /** Settings at the top. */
  public static final Section<?> STORE =
      new Section<>(
          "",
          "The store as a whole.",
          StoreValues::from,
          List.of(PAGE_SIZE, DurabilitySettings.DURABILITY, PUT_WAIT, CLOSE_WAIT));

  /** Settings of a tier of type ram. */
  public static final Section<RamTierConfig> RAM =
      new Section<>(
          "ram",
          "A compressed pool in RAM: the top of the chain, and the tier below it where there are"
              + " two.",
          RamTierConfig::from,
          List.of(
              RAM_NAME,
              RAM_MAX_SIZE,
              RAM_CODEC,
              ZpoolSettings.RAM_ZPOOL,
              ZpoolSettings.RAM_EVICTION,
              ZpoolSettings.RAM_ZSPAGE_FRAMES,
              ZpoolSettings.RAM_COMPACT_BELOW_USED_SHARE,
              RAM_BLOCK_SIZE,
              RAM_SHARDS,
              RAM_CLEAN_BELOW_LIVE_SHARE,
              RAM_PRE_TOUCH,
              RAM_VERIFY_CHECKSUM,
              RecompressionSettings.RAM_RECOMPRESS,
              RecompressionSettings.RAM_RECOMPRESS_MIN_SIZE,
              RecompressionSettings.RAM_RECOMPRESS_IDLE_AGE,
              RecompressionSettings.RAM_RECOMPRESS_CPU));

  /** Settings of a tier of type file. */
  public static final Section<FileTierConfig> FILE =
      new Section<>(
          "file",
          "Packed segment files in a directory, the bottom of the chain.",
          FileTierConfig::from,
          List.of(
              FILE_DIRECTORY,
              FILE_MAX_SIZE,
              FILE_SEGMENT_SIZE,
              FILE_DIRECT_IO,
              FILE_CLEAN_BELOW_LIVE_SHARE,
              FILE_READ_ONLY_RETRY,
              DurabilitySettings.FILE_INDEX,
              ScrubSettings.FILE_SCRUB_RATE,
              BudgetSettings.FILE_WRITE_BYTES_PER_SECOND,
              BudgetSettings.FILE_WRITE_BYTES_PER_DAY,
              RecompressionSettings.FILE_RECOMPRESS,
              RecompressionSettings.FILE_RECOMPRESS_MIN_SIZE,
              RecompressionSettings.FILE_RECOMPRESS_CPU,
              EncryptionSettings.FILE_ENCRYPTION,
              EncryptionSettings.FILE_ENCRYPTION_KEY_FILE,
              EncryptionSettings.FILE_ENCRYPTION_KEY_COMMAND,
              EncryptionSettings.FILE_ENCRYPTION_PREVIOUS_KEY_FILES));

  /** Settings of writeback. */
  public static final Section<WritebackConfig> WRITEBACK =
      new Section<>(
          "writeback",
          "How zpages move down and up the chain.",
          WritebackConfig::from,
          List.of(
              WRITEBACK_HIGH_WATERMARK,
              WRITEBACK_LOW_WATERMARK,
              WRITEBACK_BATCH_SIZE,
              WRITEBACK_RING_SLOTS,
              WRITEBACK_IDLE_AGE,
              WRITEBACK_FLUSH_INTERVAL,
              WRITEBACK_PROMOTION,
              WRITEBACK_PROMOTION_DISTANCE_FACTOR));

  /** Settings of the monitor. */
  public static final Section<MonitorConfig> MONITOR =
      new Section<>(
          "monitor",
          "The log of the writeback monitor.",
          MonitorConfig::from,
          List.of(MONITOR_INTERVAL, MONITOR_FORMAT, MONITOR_EVENTS_PER_SECOND));

  /** Sections that describe a tier, by type. */
  public static final List<Section<? extends TierConfig>> TIER_TYPES =
      List.of(RAM, RemoteTierSettings.REMOTE, FILE);

  /** Every section, in the order of the documentation. */
  public static final List<Section<?>> ALL =
      List.of(
          STORE,
          RAM,
          RemoteTierSettings.REMOTE,
          FILE,
          WRITEBACK,
          PolicySettings.POLICIES,
          DictionarySettings.DICTIONARIES,
          TenantSettings.TENANT,
          MONITOR);

  private Settings() {}

  /**
   * Looks a type of tier up.
   *
   * @param name such as {@code ram}
   * @return the section that describes it, or empty
   */
  public static Optional<Section<? extends TierConfig>> tierType(String name) {
    return TIER_TYPES.stream()
        .filter(it -> it.name().equals(name))
        .<Section<? extends TierConfig>>map(it -> it)
        .findFirst();
  }
}
