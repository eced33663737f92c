// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.FileTierBuilder;
import io.pagestrata.Pagestrata;
import io.pagestrata.config.EncryptionMode;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.Deduplication;
import io.pagestrata.core.PageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Opens the stores that are measured. */
final class BenchStores {
  private static final long MIB = 1L << 20;
  private static final long BASE_BYTES = 64 * MIB;

  private BenchStores() {}

  /**
   * RAM alone, with room for every page as it is and twice as much, so that nothing is reclaimed.
   */
  static PageStore roomy(BenchSettings settings, int pages) {
    return sharing(settings, pages, Deduplication.OFF);
  }

  /** The same with identical pages that share. */
  static PageStore sharing(BenchSettings settings, int pages, Deduplication scope) {
    long bytes = BASE_BYTES + 2L * pages * settings.pageBytes();
    return Pagestrata.open(
        Pagestrata.builder()
            .pageSize(settings.pageBytes())
            .policies(policies -> policies.deduplication(scope))
            .ram(
                ram ->
                    ram.maxSize(bytes)
                        .codec(settings.codec())
                        .zpool(settings.zpool())
                        .eviction(settings.eviction())
                        .preTouch(true))
            .build());
  }

  /**
   * RAM above segments that are not encrypted; refaults stay below unless promotion is asked for.
   */
  static PageStore tiered(
      BenchSettings settings,
      Path directory,
      long ramBytes,
      long diskBytes,
      long segmentBytes,
      PromotionMode promotion) {
    return tiered(
        settings,
        directory,
        ramBytes,
        diskBytes,
        segmentBytes,
        promotion,
        file -> file.encryption(EncryptionMode.NONE));
  }

  /** The same with a choice of how segments are written. */
  static PageStore tiered(
      BenchSettings settings,
      Path directory,
      long ramBytes,
      long diskBytes,
      long segmentBytes,
      PromotionMode promotion,
      Consumer<FileTierBuilder> segments) {
    return Pagestrata.open(
        Pagestrata.builder()
            .pageSize(settings.pageBytes())
            .putWait(Duration.ofSeconds(30))
            .ram(
                ram ->
                    ram.maxSize(ramBytes)
                        .codec(settings.codec())
                        .zpool(settings.zpool())
                        .eviction(settings.eviction()))
            .file(
                file ->
                    segments.accept(
                        file.directory(directory).maxSize(diskBytes).segmentSize(segmentBytes)))
            .writeback(writeback -> writeback.promotion(promotion))
            .build());
  }
}
