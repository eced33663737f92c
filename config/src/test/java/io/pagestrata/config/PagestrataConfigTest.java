// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.crypt.CipherPool;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PagestrataConfigTest {
  private static final RamTierConfig RAM =
      new RamTierConfig(
          "ram",
          256 << 20,
          "lz4",
          ZpoolKind.LOG,
          Eviction.S3_FIFO,
          8,
          0.98,
          Optional.empty(),
          Optional.empty(),
          0.8,
          false,
          true,
          RecompressionConfig.NONE);
  private static final FileTierConfig FILE =
      new FileTierConfig(
          Path.of("/d"),
          8L << 30,
          Optional.empty(),
          false,
          0.5,
          Duration.ofSeconds(5),
          RecompressionConfig.NONE);
  private static final WritebackConfig WRITEBACK =
      new WritebackConfig(
          0.9,
          0.85,
          256 << 10,
          8,
          Optional.empty(),
          Duration.ofMillis(10),
          PromotionMode.REFAULT_DISTANCE,
          1.0);
  private static final MonitorConfig MONITOR =
      new MonitorConfig(Duration.ofSeconds(10), MonitorFormat.TEXT, 5);

  private static PagestrataConfig config(
      int pageBytes, List<TierConfig> tiers, WritebackConfig writeback) {
    return new PagestrataConfig(
        pageBytes, Duration.ZERO, Duration.ZERO, Durability.VOLATILE, tiers, writeback, MONITOR);
  }

  @Test
  void aListOfTiersIsCopied() {
    List<TierConfig> tiers = new ArrayList<>(List.of(RAM, FILE));
    PagestrataConfig config = config(4096, tiers, WRITEBACK);
    tiers.clear();
    assertThat(config.tiers()).containsExactly(RAM, FILE);
    assertThat(config.ram()).isSameAs(RAM);
    assertThat(config.file()).contains(FILE);
    assertThat(config(4096, List.of(RAM), WRITEBACK).file()).isEmpty();
  }

  @Test
  void aRecordMadeByHandIsCheckedWhole() {
    WritebackConfig writeback =
        new WritebackConfig(
            0.5,
            0.5,
            100,
            3,
            Optional.of(Duration.ZERO),
            Duration.ZERO,
            PromotionMode.NEVER,
            Double.NaN);
    RamTierConfig ram =
        new RamTierConfig(
            "RAM",
            1,
            "gzip",
            ZpoolKind.LOG,
            Eviction.S3_FIFO,
            8,
            0.98,
            Optional.of(5L),
            Optional.of(0),
            -1,
            false,
            true,
            RecompressionConfig.NONE);
    InvalidConfigurationException e =
        catchThrowableOfType(
            InvalidConfigurationException.class, () -> config(5000, List.of(ram), writeback));
    assertThat(e.problems())
        .containsExactly(
            "page-size: value '5000B' is not a power of two; expected a power of two from 4KiB to"
                + " 64KiB",
            "tiers[0].name: value 'RAM' is not a name; expected a lower-case letter, then up to 31"
                + " lower-case letters, digits or hyphens",
            "tiers[0].max-size: value '1B' is out of range; expected 1MiB to 1TiB",
            "tiers[0].codec: value 'gzip' is not a codec; expected lz4, none, or zstd- and a level"
                + " from -7 to 19 other than 0",
            "tiers[0].block-size: value '5B' is out of range; expected a power of two from 16KiB"
                + " to 8MiB",
            "tiers[0].shards: value '0' is out of range; expected a power of two from 1 to 64",
            "tiers[0].clean-below-live-share: value '-1.0' is out of range; expected 0.0 to 0.95",
            "writeback.batch-size: value '100B' is out of range; expected a power of two from"
                + " 128KiB to 16MiB",
            "writeback.ring-slots: value '3' is not a power of two; expected a power of two from 2"
                + " to 64",
            "writeback.idle-age: value '0ms' is out of range; expected 1s to 365d",
            "writeback.flush-interval: value '0ms' is out of range; expected 1ms to 1h",
            "writeback.promotion-distance-factor: value 'NaN' is out of range; expected 0.01 to"
                + " 16.0",
            "writeback.low-watermark: value '0.5' is not below high-watermark; expected less than"
                + " 0.5, so that reclaim that starts also frees something");
  }

  @Test
  void theChainBeginsInRamAndEndsOnDisk() {
    assertThatThrownBy(() -> config(4096, List.of(), WRITEBACK))
        .hasMessage("tiers: the first tier is not of type ram; expected one ram tier on top");
    assertThatThrownBy(() -> config(4096, List.of(FILE), WRITEBACK))
        .hasMessage("tiers: the first tier is not of type ram; expected one ram tier on top");
    assertThatThrownBy(() -> config(4096, List.of(RAM, FILE, FILE), WRITEBACK))
        .hasMessage(
            "tiers[1]: a tier below one of type file; expected one file tier, at the bottom");
  }

  private static RamTierConfig dense(
      String codec, long maxBytes, RecompressionConfig recompression) {
    return new RamTierConfig(
        "dense",
        maxBytes,
        codec,
        ZpoolKind.LOG,
        Eviction.S3_FIFO,
        8,
        0.98,
        Optional.empty(),
        Optional.empty(),
        0.8,
        false,
        true,
        recompression);
  }

  @Test
  void twoTiersOfRamAreEnough() {
    RecompressionConfig zstd =
        new RecompressionConfig(Optional.of("zstd-1"), 512, Optional.empty(), 0.5);
    RamTierConfig second = dense("lz4", 64 << 20, zstd);
    assertThat(config(4096, List.of(RAM, second, FILE), WRITEBACK).tiers()).contains(second);
    assertThat(config(4096, List.of(RAM, second), WRITEBACK).file()).isEmpty();
    assertThatThrownBy(() -> config(4096, List.of(RAM, FILE, second), WRITEBACK))
        .hasMessage(
            "tiers[1]: a tier below one of type file; expected one file tier, at the bottom");
  }

  @Test
  void theCodecOfPutsIsThatOfTheTopTier() {
    RamTierConfig misled = dense("zstd-1", 64 << 20, RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(RAM, misled, FILE), WRITEBACK))
        .hasMessage(
            "tiers[1].codec: value 'zstd-1' is for the top tier, which takes the puts; expected"
                + " none here, and recompress to make zpages denser");
    RecompressionConfig zstd =
        new RecompressionConfig(Optional.of("zstd-1"), 512, Optional.empty(), 0.5);
    assertThatThrownBy(() -> config(4096, List.of(dense("lz4", 64 << 20, zstd), FILE), WRITEBACK))
        .hasMessage(
            "tiers[0].recompress: value 'zstd-1' is never used, since nothing sinks into the top"
                + " tier; expected recompress-idle-age too, for zpages that rest here");
  }

  @Test
  void theSecondTierHasRoomForBatches() {
    RamTierConfig small = dense("lz4", 3 << 20, RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(RAM, small, FILE), WRITEBACK))
        .hasMessage(
            "tiers[1].max-size: value '3MiB' is too small; expected at least 3584KiB: the pool"
                + " needs 58 blocks of 16KiB, and room for the batches from the tier above");
    RamTierConfig enough = dense("lz4", 3584 << 10, RecompressionConfig.NONE);
    assertThat(config(4096, List.of(RAM, enough, FILE), WRITEBACK).tiers()).contains(enough);
  }

  @Test
  void namesAreDifferent() {
    RamTierConfig misnamed =
        new RamTierConfig(
            "file",
            256 << 20,
            "lz4",
            ZpoolKind.LOG,
            Eviction.S3_FIFO,
            8,
            0.98,
            Optional.empty(),
            Optional.empty(),
            0.8,
            false,
            true,
            RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(misnamed, FILE), WRITEBACK))
        .hasMessage(
            "tiers[0].name: value 'file' is the name of another tier; expected different names");
  }

  /** Of {@link #FILE}: what it cleans with, what it seals two batches with, and ciphers. */
  private static long lowerBuffersKib(int pageBytes) {
    long segmentBytes = Rules.segmentBytes(FILE);
    return (FileTierSettings.bufferBytes(segmentBytes)
            + FileTierSettings.sealingBytes(segmentBytes, WRITEBACK.batchBytes())
            + CipherPool.bufferBytes(pageBytes)
            + 1023)
        / 1024;
  }

  @Test
  void ramIsLargeEnoughForBlocksAndBuffers() {
    RamTierConfig tiny =
        new RamTierConfig(
            "ram",
            6 << 20,
            "lz4",
            ZpoolKind.LOG,
            Eviction.S3_FIFO,
            8,
            0.98,
            Optional.empty(),
            Optional.of(8),
            0.8,
            false,
            true,
            RecompressionConfig.NONE);
    assertThat(config(4096, List.of(tiny), WRITEBACK).ram()).isEqualTo(tiny);
    assertThatThrownBy(() -> config(4096, List.of(tiny, FILE), WRITEBACK))
        .hasMessage(
            "tiers[0].max-size: value '6MiB' is too small; expected at least 8MiB: the pool needs"
                + " 128 blocks of 16KiB, and writeback buffers of 2MiB (ring-slots times"
                + " batch-size) may take a quarter of it, beside "
                + lowerBuffersKib(4096)
                + "KiB for the tiers below");
    assertThatThrownBy(() -> config(64 << 10, List.of(tiny), WRITEBACK))
        .hasMessage(
            "tiers[0].max-size: value '6MiB' is too small; expected at least 32MiB: the pool needs"
                + " 128 blocks of 256KiB, and writeback buffers of 0B (ring-slots times batch-size)"
                + " may take a quarter of it");
    RamTierConfig small =
        new RamTierConfig(
            "ram",
            16 << 20,
            "lz4",
            ZpoolKind.LOG,
            Eviction.S3_FIFO,
            8,
            0.98,
            Optional.empty(),
            Optional.empty(),
            0.8,
            false,
            true,
            RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(64 << 10, List.of(small, FILE), WRITEBACK))
        .hasMessage(
            "tiers[0].max-size: value '16MiB' is too small; expected at least "
                + (58 * 256 + 2048 + lowerBuffersKib(64 << 10))
                + "KiB: the pool"
                + " needs 58 blocks of 256KiB, and writeback buffers of 2MiB (ring-slots times"
                + " batch-size) may take a quarter of it, beside "
                + lowerBuffersKib(64 << 10)
                + "KiB for the tiers below");
  }

  @Test
  void blocksHoldSeveralPages() {
    RamTierConfig small =
        new RamTierConfig(
            "ram",
            256 << 20,
            "lz4",
            ZpoolKind.LOG,
            Eviction.S3_FIFO,
            8,
            0.98,
            Optional.of(128L << 10),
            Optional.empty(),
            0.8,
            false,
            true,
            RecompressionConfig.NONE);
    assertThat(config(32 << 10, List.of(small), WRITEBACK).ram()).isEqualTo(small);
    assertThatThrownBy(() -> config(64 << 10, List.of(small), WRITEBACK))
        .hasMessage(
            "tiers[0].block-size: value '128KiB' is too small; expected at least 256KiB: 4 pages");
  }

  @Test
  void batchesHoldSeveralPages() {
    WritebackConfig small =
        new WritebackConfig(
            0.9,
            0.85,
            128 << 10,
            8,
            Optional.empty(),
            Duration.ofMillis(10),
            PromotionMode.NEVER,
            1.0);
    assertThatThrownBy(() -> config(64 << 10, List.of(RAM, FILE), small))
        .hasMessage(
            "writeback.batch-size: value '128KiB' is too small; expected at least 256KiB: 4 pages");
  }

  @Test
  void theFileTierHoldsSeveralSegmentsAndASegmentSeveralBatches() {
    FileTierConfig few =
        new FileTierConfig(
            Path.of("/d"),
            8 << 20,
            Optional.of(4L << 20),
            false,
            0.5,
            Duration.ofSeconds(5),
            RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(RAM, few), WRITEBACK))
        .hasMessage(
            "tiers[1].max-size: value '8MiB' is too small; expected at least 16MiB: 4 segments of"
                + " 4MiB, so that there is always one to clean into");
    WritebackConfig large =
        new WritebackConfig(
            0.9,
            0.85,
            1 << 20,
            8,
            Optional.empty(),
            Duration.ofMillis(10),
            PromotionMode.NEVER,
            1.0);
    FileTierConfig small =
        new FileTierConfig(
            Path.of("/d"),
            64 << 20,
            Optional.empty(),
            false,
            0.5,
            Duration.ofSeconds(5),
            RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(RAM, small), large))
        .hasMessage(
            "writeback.batch-size: value '1MiB' is too large; expected at most 256KiB, a quarter of"
                + " a segment of 1MiB");
  }

  @Test
  void theFileTierCanBeAddressed() {
    FileTierConfig huge =
        new FileTierConfig(
            Path.of("/d"),
            9L << 40,
            Optional.empty(),
            false,
            0.5,
            Duration.ofSeconds(5),
            RecompressionConfig.NONE);
    assertThat(config(8192, List.of(RAM, huge), WRITEBACK).file()).contains(huge);
    assertThatThrownBy(() -> config(4096, List.of(RAM, huge), WRITEBACK))
        .hasMessage(
            "tiers[1].max-size: value '9TiB' is too large; expected at most 8TiB, which is what can"
                + " be addressed with pages of 4KiB");
  }
}
