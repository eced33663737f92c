// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static io.pagestrata.config.SampleConfigs.FILE;
import static io.pagestrata.config.SampleConfigs.MONITOR;
import static io.pagestrata.config.SampleConfigs.RAM;
import static io.pagestrata.config.SampleConfigs.WRITEBACK;
import static io.pagestrata.config.SampleConfigs.file;
import static io.pagestrata.config.SampleConfigs.ram;
import static io.pagestrata.config.SampleConfigs.writeback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.tiers.crypt.CipherPool;
import io.pagestrata.tiers.file.FileTierSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PagestrataConfigTest {
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
        ram("RAM", 1, "gzip", Optional.of(5L), Optional.of(0), -1, RecompressionConfig.NONE);
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
        .hasMessage("tiers: there are none; expected one ram tier on top");
    assertThatThrownBy(() -> config(4096, List.of(FILE), WRITEBACK))
        .hasMessage("tiers: the first tier is not of type ram; expected one ram tier on top");
    assertThatThrownBy(() -> config(4096, List.of(RAM, FILE, FILE), WRITEBACK))
        .hasMessage(
            "tiers[1]: a tier below one of type file; expected one file tier, at the bottom");
  }

  @Test
  void twoTiersOfRamAreEnough() {
    RecompressionConfig zstd =
        new RecompressionConfig(Optional.of("zstd-1"), 512, Optional.empty(), 0.5);
    RamTierConfig second = ram("dense", 64 << 20, "lz4", zstd);
    assertThat(config(4096, List.of(RAM, second, FILE), WRITEBACK).tiers()).contains(second);
    assertThat(config(4096, List.of(RAM, second), WRITEBACK).file()).isEmpty();
    assertThatThrownBy(() -> config(4096, List.of(RAM, FILE, second), WRITEBACK))
        .hasMessage(
            "tiers[1]: a tier below one of type file; expected one file tier, at the bottom");
  }

  @Test
  void theCodecOfPutsIsThatOfTheTopTier() {
    RamTierConfig misled = ram("dense", 64 << 20, "zstd-1", RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(RAM, misled, FILE), WRITEBACK))
        .hasMessage(
            "tiers[1].codec: value 'zstd-1' is for the top tier, which takes the puts; expected"
                + " none here, and recompress to make zpages denser");
    RecompressionConfig zstd =
        new RecompressionConfig(Optional.of("zstd-1"), 512, Optional.empty(), 0.5);
    assertThatThrownBy(
            () -> config(4096, List.of(ram("dense", 64 << 20, "lz4", zstd), FILE), WRITEBACK))
        .hasMessage(
            "tiers[0].recompress: value 'zstd-1' is never used, since nothing sinks into the top"
                + " tier; expected recompress-idle-age too, for zpages that rest here");
  }

  @Test
  void theSecondTierHasRoomForBatches() {
    RamTierConfig small = ram("dense", 3 << 20, "lz4", RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(RAM, small, FILE), WRITEBACK))
        .hasMessage(
            "tiers[1].max-size: value '3MiB' is too small; expected at least 3584KiB: the pool"
                + " needs 58 blocks of 16KiB, and room for the batches from the tier above");
    RamTierConfig enough = ram("dense", 3584 << 10, "lz4", RecompressionConfig.NONE);
    assertThat(config(4096, List.of(RAM, enough, FILE), WRITEBACK).tiers()).contains(enough);
  }

  @Test
  void namesAreDifferent() {
    RamTierConfig misnamed = ram("file", 256 << 20, "lz4", RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(misnamed, FILE), WRITEBACK))
        .hasMessage(
            "tiers[0].name: value 'file' is the name of another tier; expected different names");
  }

  @Test
  void oneOfTwoTiersWithTheSameNameIsBlamed() {
    RamTierConfig second = ram("ram", 64 << 20, "lz4", RecompressionConfig.NONE);
    assertThatThrownBy(() -> config(4096, List.of(RAM, second, FILE), WRITEBACK))
        .hasMessage(
            "tiers[1].name: value 'ram' is the name of another tier; expected different names");
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
    RamTierConfig tiny = ram(6 << 20, Optional.empty(), Optional.of(8));
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
    RamTierConfig small = ram(16 << 20, Optional.empty(), Optional.empty());
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
    RamTierConfig small = ram(256 << 20, Optional.of(128L << 10), Optional.empty());
    assertThat(config(32 << 10, List.of(small), WRITEBACK).ram()).isEqualTo(small);
    assertThatThrownBy(() -> config(64 << 10, List.of(small), WRITEBACK))
        .hasMessage(
            "tiers[0].block-size: value '128KiB' is too small; expected at least 256KiB: 4 pages");
  }

  @Test
  void batchesHoldSeveralPages() {
    WritebackConfig small = writeback(128 << 10);
    assertThatThrownBy(() -> config(64 << 10, List.of(RAM, FILE), small))
        .hasMessage(
            "writeback.batch-size: value '128KiB' is too small; expected at least 256KiB: 4 pages");
  }

  @Test
  void theFileTierHoldsSeveralSegmentsAndASegmentSeveralBatches() {
    FileTierConfig few = file(8 << 20, Optional.of(4L << 20));
    assertThatThrownBy(() -> config(4096, List.of(RAM, few), WRITEBACK))
        .hasMessage(
            "tiers[1].max-size: value '8MiB' is too small; expected at least 16MiB: 4 segments of"
                + " 4MiB, so that there is always one to clean into");
    WritebackConfig large = writeback(1 << 20);
    FileTierConfig small = file(64 << 20, Optional.empty());
    assertThatThrownBy(() -> config(4096, List.of(RAM, small), large))
        .hasMessage(
            "writeback.batch-size: value '1MiB' is too large; expected at most 256KiB, a quarter of"
                + " a segment of 1MiB");
  }

  @Test
  void theFileTierCanBeAddressed() {
    FileTierConfig huge = file(9L << 40, Optional.empty());
    assertThat(config(8192, List.of(RAM, huge), WRITEBACK).file()).contains(huge);
    assertThatThrownBy(() -> config(4096, List.of(RAM, huge), WRITEBACK))
        .hasMessage(
            "tiers[1].max-size: value '9TiB' is too large; expected at most 8TiB, which is what can"
                + " be addressed with pages of 4KiB");
  }
}
