// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.config.FileTierConfig;
import io.pagestrata.config.MonitorConfig;
import io.pagestrata.config.MonitorFormat;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.config.RamTierConfig;
import io.pagestrata.config.RecompressionConfig;
import io.pagestrata.config.WritebackConfig;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class YamlConfigTest {
  static final String MINIMAL =
      """
      tiers:
        - type: ram
          max-size: 64MiB
      """;

  /** Every setting away from its default. */
  private static final String EVERYTHING =
      """
      page-size: 16KiB
      put-wait: 7s
      close-wait: 2min
      durability: durable
      tiers:
        - type: ram
          name: top
          max-size: 512 MiB
          codec: zstd--3
          zpool: zsmalloc
          zspage-frames: 4
          compact-below-used-share: 0.5
          block-size: 128KiB
          shards: 4
          clean-below-live-share: 0.7
          pre-touch: true
          verify-checksum: false
        - type: ram
          name: dense
          max-size: 64MiB
          recompress: zstd--1
          recompress-min-size: 700B
          recompress-idle-age: 5min
          recompress-cpu: 0.25
        - type: file
          directory: /mnt/swap store/a
          max-size: 3GiB
          segment-size: 32MiB
          direct-io: true
          clean-below-live-share: 0.6
          read-only-retry: 30s
          recompress: zstd-9
          recompress-min-size: 1KiB
          recompress-cpu: 0.75
      writeback:
        high-watermark: 0.8
        low-watermark: 0.7
        batch-size: 512KiB
        ring-slots: 16
        idle-age: 1h
        flush-interval: 50ms
        promotion: always
        promotion-distance-factor: 2
      monitor:
        interval: 1min
        format: json
        events-per-second: 9
      """;

  static PagestrataConfig parse(String text) {
    return YamlConfig.parse("f.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  static List<String> problems(String text) {
    return catchThrowableOfType(InvalidConfigurationException.class, () -> parse(text)).problems();
  }

  @Test
  void everySettingReachesItsPlace() {
    assertThat(parse(EVERYTHING))
        .isEqualTo(
            new PagestrataConfig(
                16384,
                Duration.ofSeconds(7),
                Duration.ofMinutes(2),
                Durability.DURABLE,
                List.of(
                    new RamTierConfig(
                        "top",
                        512 << 20,
                        "zstd--3",
                        ZpoolKind.ZSMALLOC,
                        Eviction.S3_FIFO,
                        4,
                        0.5,
                        Optional.of(128L << 10),
                        Optional.of(4),
                        0.7,
                        true,
                        false,
                        RecompressionConfig.NONE),
                    new RamTierConfig(
                        "dense",
                        64 << 20,
                        "lz4",
                        ZpoolKind.LOG,
                        Eviction.S3_FIFO,
                        8,
                        0.98,
                        Optional.empty(),
                        Optional.empty(),
                        0.9,
                        true,
                        true,
                        new RecompressionConfig(
                            Optional.of("zstd--1"), 700, Optional.of(Duration.ofMinutes(5)), 0.25)),
                    new FileTierConfig(
                        Path.of("/mnt/swap store/a"),
                        3L << 30,
                        Optional.of(32L << 20),
                        true,
                        0.6,
                        Duration.ofSeconds(30),
                        new RecompressionConfig(
                            Optional.of("zstd-9"), 1 << 10, Optional.empty(), 0.75))),
                new WritebackConfig(
                    0.8,
                    0.7,
                    512 << 10,
                    16,
                    Optional.of(Duration.ofHours(1)),
                    Duration.ofMillis(50),
                    PromotionMode.ALWAYS,
                    2.0),
                new MonitorConfig(Duration.ofMinutes(1), MonitorFormat.JSON, 9)));
  }

  @Test
  void theBuilderMakesTheSameWithTexts() {
    PagestrataConfig built =
        Pagestrata.builder()
            .pageSize("16KiB")
            .putWait("7s")
            .closeWait("2min")
            .durability(Durability.DURABLE)
            .ram(
                ram ->
                    ram.name("top")
                        .maxSize("512MiB")
                        .codec("zstd--3")
                        .zpool("zsmalloc")
                        .zspageFrames(4)
                        .compactBelowUsedShare(0.5)
                        .blockSize("128KiB")
                        .shards(4)
                        .cleanBelowLiveShare(0.7)
                        .preTouch(true)
                        .verifyChecksum(false))
            .ram(
                ram ->
                    ram.name("dense")
                        .maxSize("64MiB")
                        .recompress("zstd--1")
                        .recompressMinSize("700B")
                        .recompressIdleAge("5min")
                        .recompressCpu(0.25))
            .file(
                file ->
                    file.directory("/mnt/swap store/a")
                        .maxSize("3GiB")
                        .segmentSize("32MiB")
                        .directIo(true)
                        .cleanBelowLiveShare(0.6)
                        .readOnlyRetry("30s")
                        .recompress("zstd-9")
                        .recompressMinSize("1KiB")
                        .recompressCpu(0.75))
            .writeback(
                writeback ->
                    writeback
                        .highWatermark(0.8)
                        .lowWatermark(0.7)
                        .batchSize("512KiB")
                        .ringSlots(16)
                        .idleAge("1h")
                        .flushInterval("50ms")
                        .promotion(PromotionMode.ALWAYS)
                        .promotionDistanceFactor(2))
            .monitor(
                monitor -> monitor.interval("1min").format(MonitorFormat.JSON).eventsPerSecond(9))
            .build();
    assertThat(built).isEqualTo(parse(EVERYTHING)).hasSameHashCodeAs(parse(EVERYTHING));
  }

  @Test
  void theBuilderMakesTheSameWithTypedValues() {
    PagestrataConfig built =
        Pagestrata.builder()
            .pageSize(16384)
            .putWait(Duration.ofSeconds(7))
            .closeWait(Duration.ofMinutes(2))
            .durability(Durability.DURABLE)
            .ram(
                ram ->
                    ram.name("top")
                        .maxSize(512 << 20)
                        .codec("zstd--3")
                        .zpool("zsmalloc")
                        .zspageFrames(4)
                        .compactBelowUsedShare(0.5)
                        .blockSize(128 << 10)
                        .shards(4)
                        .cleanBelowLiveShare(0.7)
                        .preTouch(true)
                        .verifyChecksum(false))
            .ram(
                ram ->
                    ram.name("dense")
                        .maxSize(64 << 20)
                        .recompress("zstd--1")
                        .recompressMinSize(700)
                        .recompressIdleAge(Duration.ofMinutes(5))
                        .recompressCpu(0.25))
            .file(
                file ->
                    file.directory(Path.of("/mnt/swap store/a"))
                        .maxSize(3L << 30)
                        .segmentSize(32 << 20)
                        .directIo(true)
                        .cleanBelowLiveShare(0.6)
                        .readOnlyRetry(Duration.ofSeconds(30))
                        .recompress("zstd-9")
                        .recompressMinSize(1 << 10)
                        .recompressCpu(0.75))
            .writeback(
                writeback ->
                    writeback
                        .highWatermark(0.8)
                        .lowWatermark(0.7)
                        .batchSize(512 << 10)
                        .ringSlots(16)
                        .idleAge(Duration.ofHours(1))
                        .flushInterval(Duration.ofMillis(50))
                        .promotion(PromotionMode.ALWAYS)
                        .promotionDistanceFactor(2))
            .monitor(
                monitor ->
                    monitor
                        .interval(Duration.ofMinutes(1))
                        .format(MonitorFormat.JSON)
                        .eventsPerSecond(9))
            .build();
    assertThat(built).isEqualTo(parse(EVERYTHING));
  }

  @Test
  void whatIsNotGivenHasItsDefaultHereAndInTheBuilder() {
    assertThat(parse(MINIMAL))
        .isEqualTo(Pagestrata.builder().ram(ram -> ram.maxSize("64MiB")).build());
    assertThat(parse(MINIMAL + "writeback: {}\nmonitor: {}\n")).isEqualTo(parse(MINIMAL));
  }

  @Test
  void allProblemsComeTogetherInTheOrderOfTheFile() {
    assertThat(
            problems(
                """
                page-sise: 4KiB
                page-size: 5KiB
                close-wait: soon
                tiers:
                  - type: ram
                    max-size: 8GB!
                    codec: gzip
                    shards: many
                    pre-touch: yes
                  - type: file
                    max-size: [8GiB]
                    directory: ''
                    directoy: /d
                writeback:
                  high-watermark: 0.5
                  low-watermark: 0.6
                  ring-slots: 3
                  ring-slots: 4
                  promotion: sometimes
                  flush-interval:
                monitors: {}
                """))
        .containsExactly(
            "f.yaml:1:12: key 'page-sise': unknown key; did you mean 'page-size'?",
            "f.yaml:2:12: key 'page-size': value '5KiB' is not a power of two; expected a power of"
                + " two from 4KiB to 64KiB",
            "f.yaml:3:13: key 'close-wait': value 'soon' is not a duration; expected a number with"
                + " unit ms, s, min, h or d, such as 10s",
            "f.yaml:6:15: key 'tiers[0].max-size': value '8GB!' is not a size; expected a number"
                + " with unit B, KiB, MiB, GiB or TiB, such as 256MiB",
            "f.yaml:7:12: key 'tiers[0].codec': value 'gzip' is not a codec; expected lz4, none, or"
                + " zstd- and a level from -7 to 19 other than 0",
            "f.yaml:8:13: key 'tiers[0].shards': value 'many' is not a whole number; expected auto"
                + " or a power of two from 1 to 64",
            "f.yaml:9:16: key 'tiers[0].pre-touch': value 'yes' is neither true nor false;"
                + " expected true or false",
            "f.yaml:11:15: key 'tiers[1].max-size': is a list; expected a number with unit B, KiB,"
                + " MiB, GiB or TiB, such as 8GiB",
            "f.yaml:12:16: key 'tiers[1].directory': value '' is not a path; expected a path, such"
                + " as /var/lib/pagestrata",
            "f.yaml:13:15: key 'tiers[1].directoy': unknown key; did you mean 'directory'?",
            "f.yaml:16:18: key 'writeback.low-watermark': value '0.6' is not below high-watermark;"
                + " expected less than 0.5, so that reclaim that starts also frees something",
            "f.yaml:17:15: key 'writeback.ring-slots': value '3' is not a power of two; expected a"
                + " power of two from 2 to 64",
            "f.yaml:18:3: key 'writeback.ring-slots': given more than once; expected one value",
            "f.yaml:19:14: key 'writeback.promotion': value 'sometimes' is not a choice here;"
                + " expected refault-distance, always or never",
            "f.yaml:20:18: key 'writeback.flush-interval': is empty; expected a number with unit"
                + " ms, s, min, h or d, such as 10ms",
            "f.yaml:21:11: key 'monitors': unknown key; did you mean 'monitor'?");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThat(problems("page-size: 4KiB"))
        .containsExactly(
            "f.yaml:1:1: key 'tiers': missing; expected a list of tiers, top to bottom");
    assertThat(problems("tiers:\n- type: ram\n- type: file\n"))
        .containsExactly(
            "f.yaml:2:3: key 'tiers[0].max-size': missing; expected a number with unit B, KiB, MiB,"
                + " GiB or TiB, such as 256MiB",
            "f.yaml:3:3: key 'tiers[1].directory': missing; expected a path, such as"
                + " /var/lib/pagestrata",
            "f.yaml:3:3: key 'tiers[1].max-size': missing; expected a number with unit B, KiB, MiB,"
                + " GiB or TiB, such as 8GiB");
    assertThat(problems("tiers:\n- max-size: 1GiB\n"))
        .containsExactly("f.yaml:2:3: key 'tiers[0].type': missing; expected ram, remote or file");
  }

  @Test
  void tiersHaveATypeAndAnOrder() {
    assertThat(problems("tiers:\n- type: rom\n  max-size: 1GiB\n"))
        .containsExactly(
            "f.yaml:2:9: key 'tiers[0].type': value 'rom' is not a type of tier; expected ram,"
                + " remote or file");
    assertThat(problems("tiers: []\n"))
        .containsExactly("f.yaml:1:8: key 'tiers': there are none; expected one ram tier on top");
    assertThat(problems("tiers: ram\n"))
        .containsExactly(
            "f.yaml:1:8: key 'tiers': is a single value; expected a list of tiers, top to bottom");
    assertThat(problems("tiers: [ram]\n"))
        .containsExactly(
            "f.yaml:1:9: key 'tiers[0]': is a single value; expected a mapping of settings");
    String more = "  - type: ram\n    max-size: 64MiB\n    name: ";
    assertThat(problems(MINIMAL + more + "second\n" + more + "third\n"))
        .containsExactly(
            "f.yaml:7:5: key 'tiers[2]': a third tier of type ram; expected two ram tiers at"
                + " most");
    assertThat(problems("tiers:\n- type: [ram]\n"))
        .containsExactly("f.yaml:2:9: key 'tiers[0].type': is a list; expected a single value");
  }

  @Test
  void sectionsAreMappings() {
    assertThat(problems(MINIMAL + "writeback: fast\n"))
        .containsExactly(
            "f.yaml:4:12: key 'writeback': is a single value; expected a mapping of settings");
    assertThat(problems(MINIMAL + "monitor:\n"))
        .containsExactly("f.yaml:4:9: key 'monitor': is empty; expected a mapping of settings");
    assertThat(problems("- a\n"))
        .containsExactly("f.yaml:1:1: is a list; expected a mapping of settings");
    assertThat(problems("? [a]\n: b\n" + MINIMAL))
        .containsExactly("f.yaml:1:3: a key is a list; expected a word");
  }

  @Test
  void aKeyOfNoResemblanceListsWhatThereIs() {
    assertThat(problems(MINIMAL + "monitor:\n  colour: blue\n"))
        .containsExactly(
            "f.yaml:5:11: key 'monitor.colour': unknown key; expected interval, format or"
                + " events-per-second");
    assertThat(problems(MINIMAL + "<<: {page-size: 4KiB}\n"))
        .singleElement()
        .asString()
        .startsWith("f.yaml:4:5: key '<<': unknown key; expected ");
  }

  @Test
  void valuesAreMentionedOnOneShortLine() {
    assertThat(problems(MINIMAL + "put-wait: \"a\\nb" + "x".repeat(100) + "\"\n"))
        .containsExactly(
            "f.yaml:4:11: key 'put-wait': value 'a?b"
                + "x".repeat(57)
                + "...' is not a duration; expected a number with unit ms, s, min, h or d, such as"
                + " 5s");
    assertThat(problems(MINIMAL + "\"a\\nb" + "x".repeat(100) + "\": 1\n"))
        .singleElement()
        .asString()
        .startsWith("f.yaml:4:109: key 'a?b" + "x".repeat(37) + "...': unknown key; expected ");
  }
}
