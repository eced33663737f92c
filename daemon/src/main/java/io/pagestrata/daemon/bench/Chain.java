// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A way to use an amount of RAM above segments: one codec, or a fast one above a denser one.
 *
 * @param name as it stands in the table
 * @param codec codec of puts
 * @param denser codec of a second RAM tier, or null for one tier
 * @param topShare share of the RAM that the first of two tiers gets
 */
record Chain(String name, String codec, String denser, double topShare) {
  private static final long MIB = 1L << 20;
  private static final long SEGMENT_BYTES = 16 * MIB;

  /** A second ring would otherwise take a share of this little RAM that it takes of no real one. */
  private static final long BATCH_BYTES = 128 << 10;

  private static final int RING_SLOTS = 4;
  private static final Duration PUT_WAIT = Duration.ofSeconds(30);

  /** The first is what the others are compared with. */
  static final List<Chain> ALL =
      List.of(
          new Chain("lz4", "lz4", null, 1),
          new Chain("zstd--1", "zstd--1", null, 1),
          new Chain("zstd-1", "zstd-1", null, 1),
          new Chain("lz4 1/4, zstd--1", "lz4", "zstd--1", 0.25),
          new Chain("lz4 1/4, zstd-1", "lz4", "zstd-1", 0.25),
          new Chain("lz4 1/2, zstd-1", "lz4", "zstd-1", 0.5));

  /**
   * Opens a store with segments around the page cache, so that a read from disk costs what it
   * costs; where the file system refuses that, through it.
   */
  PageStore open(BenchSettings settings, Path directory, long ramBytes, long pages) {
    try {
      return Pagestrata.open(builder(settings, directory, ramBytes, pages, true).build());
    } catch (InvalidConfigurationException noDirectIo) {
      return Pagestrata.open(builder(settings, directory, ramBytes, pages, false).build());
    }
  }

  private PagestrataBuilder builder(
      BenchSettings settings, Path directory, long ramBytes, long pages, boolean direct) {
    long diskBytes = 8 * SEGMENT_BYTES + 2 * pages * settings.pageBytes();
    long top = denser == null ? ramBytes : (long) (topShare * ramBytes) / MIB * MIB;
    PagestrataBuilder builder =
        Pagestrata.builder()
            .pageSize(settings.pageBytes())
            .putWait(PUT_WAIT)
            .writeback(writeback -> writeback.batchSize(BATCH_BYTES).ringSlots(RING_SLOTS))
            .ram(ram -> ram.maxSize(top).codec(codec));
    if (denser != null) {
      builder.ram(ram -> ram.name("dense").maxSize(ramBytes - top).recompress(denser));
    }
    return builder.file(
        file ->
            file.directory(directory)
                .maxSize(diskBytes)
                .segmentSize(SEGMENT_BYTES)
                .directIo(direct));
  }
}
