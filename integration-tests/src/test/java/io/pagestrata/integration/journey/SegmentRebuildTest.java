// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is large enough for its segments to be read by several threads at its start. */
class SegmentRebuildTest {
  private static final int PAGES = 10_000;
  private static final int SEGMENT_BYTES = 2 << 20;
  private static final int HEADER_BYTES = 4096;

  @TempDir private Path directory;
  private final ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);

  private PageStore open() {
    return Pagestrata.builder()
        .ram(ram -> ram.maxSize("8MiB").preTouch(false))
        .file(
            file ->
                file.directory(directory)
                    .maxSize("256MiB")
                    .segmentSize(SEGMENT_BYTES)
                    .index(IndexMode.OFF))
        .durability(Durability.DURABLE)
        .open();
  }

  /** Versions 1 of all pages; then 2 of each third one, and each fifth is removed. */
  @BeforeEach
  void make() throws IOException {
    try (PageStore store = open()) {
      Pool pool = store.createPool("pages", PoolKind.PERSISTENT);
      for (int i = 0; i < PAGES; i++) {
        put(store, pool, i, 1);
      }
      store.sync();
      for (int i = 0; i < PAGES; i++) {
        if (i % 5 == 0) {
          store.flush(pool, 1, i);
        } else if (i % 3 == 0) {
          put(store, pool, i, 2);
        }
      }
    }
    assertThat((long) segments().size() * SEGMENT_BYTES).isGreaterThan(32 << 20);
  }

  private void put(PageStore store, Pool pool, int index, long version) {
    VersionedPages.write(page, index, version);
    assertThat(store.put(pool, 1, index, page).isStored()).isTrue();
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".pss")).sorted().toList();
    }
  }

  /** Opens the store; returns how many pages are damaged. The others must be as they were put. */
  private int damagedPages(RecoveryStats[] recovery) {
    int damaged = 0;
    try (PageStore store = open()) {
      recovery[0] = store.stats().tiers().get(1).recovery();
      Pool pool = store.pool("pages").orElseThrow();
      for (int i = 0; i < PAGES; i++) {
        try {
          boolean there = store.get(pool, 1, i, page);
          assertThat(there).as("page %d", i).isEqualTo(i % 5 != 0);
          if (there) {
            assertThat(VersionedPages.read(page, i)).isEqualTo(i % 3 == 0 ? 2 : 1);
          }
        } catch (CorruptPageException e) {
          damaged++;
        }
      }
    }
    return damaged;
  }

  @Test
  void everyPageIsAsItWasPutLast() throws IOException {
    RecoveryStats[] recovery = new RecoveryStats[1];
    long bytes = 0;
    for (Path segment : segments()) {
      bytes += Files.size(segment);
    }
    int segments = segments().size();
    assertThat(damagedPages(recovery)).isZero();
    assertThat(recovery[0].records()).isGreaterThan(PAGES);
    assertThat(recovery[0].damagedRecords()).isZero();
    assertThat(recovery[0].segments()).isEqualTo(segments);
    assertThat(recovery[0].segmentsFromIndex()).isZero();
    assertThat(recovery[0].readBytes()).isEqualTo(bytes);
    assertThat(recovery[0].nanos()).isPositive();
  }

  /** The first record of each segment: what is known of it, its neighbours and the sums tell. */
  @Test
  void damageInManySegmentsIsToldOfThePagesItHits() throws IOException {
    List<Path> segments = segments();
    for (Path segment : segments) {
      // No more than a header: the first record may be a tombstone, which has nothing else.
      overwrite(segment, HEADER_BYTES, new byte[ZpageHeader.BYTES]);
    }
    RecoveryStats[] recovery = new RecoveryStats[1];
    int damaged = damagedPages(recovery);
    assertThat(recovery[0].damagedRecords()).isEqualTo(segments.size());
    assertThat(damaged).as("others were put again since").isBetween(1, segments.size());
  }

  @Test
  void aStartThatFailsAtOneSegmentChangesNothing() throws IOException {
    Path segment = segments().get(segments().size() / 2);
    byte[] whole = Files.readAllBytes(segment);
    overwrite(segment, HEADER_BYTES, new byte[SEGMENT_BYTES / 2]);
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(this::open)
          .isInstanceOf(TierFailureException.class)
          .hasMessageContaining(segment.getFileName() + " offset ")
          .hasMessageContaining("nothing tells which page it held");
    }
    overwrite(segment, 0, new byte[HEADER_BYTES]);
    assertThatThrownBy(this::open)
        .hasMessageContaining("the header of " + segment.getFileName() + " is damaged");
    overwrite(segment, 0, whole);
    assertThat(damagedPages(new RecoveryStats[1])).isZero();
  }

  private static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(offset);
      open.write(bytes);
    }
  }
}
