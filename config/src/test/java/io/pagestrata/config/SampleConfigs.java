// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Parts of configurations that are right but for what a test changes in them. */
final class SampleConfigs {
  static final RamTierConfig RAM = ram("ram", 256 << 20, "lz4", RecompressionConfig.NONE);
  static final FileTierConfig FILE = file(8L << 30, Optional.empty());
  static final WritebackConfig WRITEBACK = writeback(256 << 10);
  static final MonitorConfig MONITOR =
      new MonitorConfig(Duration.ofSeconds(10), MonitorFormat.TEXT, 5);

  private SampleConfigs() {}

  static RamTierConfig ram(
      String name, long maxBytes, String codec, RecompressionConfig recompression) {
    return ram(name, maxBytes, codec, Optional.empty(), Optional.empty(), 0.8, recompression);
  }

  static RamTierConfig ram(long maxBytes, Optional<Long> blockBytes, Optional<Integer> shards) {
    return ram("ram", maxBytes, "lz4", blockBytes, shards, 0.8, RecompressionConfig.NONE);
  }

  static RamTierConfig ram(
      String name,
      long maxBytes,
      String codec,
      Optional<Long> blockBytes,
      Optional<Integer> shards,
      double cleanBelowLiveShare,
      RecompressionConfig recompression) {
    return new RamTierConfig(
        name,
        maxBytes,
        codec,
        ZpoolKind.LOG,
        Eviction.S3_FIFO,
        8,
        0.98,
        blockBytes,
        shards,
        cleanBelowLiveShare,
        false,
        true,
        recompression);
  }

  static FileTierConfig file(long maxBytes, Optional<Long> segmentBytes) {
    return new FileTierConfig(
        Path.of("/d"),
        maxBytes,
        segmentBytes,
        false,
        0.5,
        Duration.ofSeconds(5),
        RecompressionConfig.NONE);
  }

  static WritebackConfig writeback(int batchBytes) {
    return new WritebackConfig(
        0.9,
        0.85,
        batchBytes,
        8,
        Optional.empty(),
        Duration.ofMillis(10),
        PromotionMode.REFAULT_DISTANCE,
        1.0);
  }
}
