// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.config.Durability;
import io.pagestrata.config.MonitorFormat;
import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.StoreClosedException;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.VersionedPages;
import io.pagestrata.writeback.monitor.Monitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Durable stores as a user makes them: what is there after a stop, and what is refused. */
class DurableStoreTest {
  private static final int PAGES = 2000;

  @TempDir private Path directory;
  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);

  private PagestrataBuilder builder() {
    return Pagestrata.builder()
        .ram(ram -> ram.maxSize("8MiB").preTouch(false))
        .file(file -> file.directory(directory).maxSize("64MiB"));
  }

  private PageStore open() {
    return builder().durability(Durability.DURABLE).open();
  }

  private void put(PageStore store, Pool pool, int index, long version) {
    VersionedPages.write(page, index, version);
    assertThat(store.put(pool, 1, index, page).isStored()).isTrue();
  }

  private void assertVersion(PageStore store, Pool pool, int index, long version) {
    assertThat(store.get(pool, 1, index, page)).as("page %d is there", index).isTrue();
    assertThat(VersionedPages.read(page, index)).isEqualTo(version);
  }

  @Test
  void aCloseKeepsEveryPersistentPageWherePutAndForgetsTheRest() throws Exception {
    try (PageStore store = open()) {
      Pool pool = store.createPool("kept", PoolKind.PERSISTENT);
      Pool cache = store.createPool("cache", PoolKind.EPHEMERAL);
      for (int i = 0; i < PAGES; i++) {
        put(store, pool, i, 1);
        put(store, cache, i, 1);
      }
      store.writeBack(WritebackRequest.everything());
      for (int i = 0; i < PAGES; i += 3) {
        store.flush(pool, 1, i);
      }
      for (int i = 1; i < PAGES; i += 3) {
        put(store, pool, i, 2);
      }
      store.destroyPool(store.createPool("gone", PoolKind.PERSISTENT));
    }
    try (PageStore store = open()) {
      assertThat(store.pools()).extracting(Pool::name).containsExactly("kept");
      Pool pool = store.pool("kept").orElseThrow();
      assertThat(pool.kind()).isEqualTo(PoolKind.PERSISTENT);
      assertThat(store.stats().pages()).isEqualTo(PAGES - (PAGES + 2) / 3);
      for (int i = 0; i < PAGES; i++) {
        if (i % 3 == 0) {
          assertThat(store.get(pool, 1, i, page)).isFalse();
        } else {
          assertVersion(store, pool, i, i % 3 == 1 ? 2 : 1);
        }
      }
      Pool next = store.createPool("next", PoolKind.PERSISTENT);
      assertThat(next.id()).as("ids never come back").isGreaterThan(3);
    }
  }

  @Test
  void aSyncWritesOnlyWhatChangedSinceTheLastAndLeavesItInRam() {
    try (PageStore store = open()) {
      Pool pool = store.createPool("a", PoolKind.PERSISTENT);
      for (int i = 0; i < 100; i++) {
        put(store, pool, i, 1);
      }
      store.sync();
      long written = store.stats().tiers().get(1).storedZpages();
      assertThat(written).isEqualTo(100);
      put(store, pool, 7, 2);
      store.sync();
      store.sync();
      assertThat(store.stats().tiers().get(1).storedZpages()).isEqualTo(written + 1);
      assertVersion(store, pool, 7, 2);
      assertThat(store.stats().hitsByTier().get(1)).as("gets from disk").isZero();
    }
  }

  @Test
  void syncsOfManyThreadsCoverTheirOwnWrites() throws Exception {
    int threads = 8;
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try (PageStore store = open()) {
      Pool pool = store.createPool("a", PoolKind.PERSISTENT);
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int first = t * 100;
        all.add(
            workers.submit(
                () -> {
                  ByteBuffer mine = ByteBuffer.allocateDirect(4096);
                  for (int i = first; i < first + 50; i++) {
                    VersionedPages.write(mine, i, 1);
                    assertThat(store.put(pool, 1, i, mine).isStored()).isTrue();
                    store.sync();
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(store.stats().tiers().get(1).storedZpages()).isGreaterThanOrEqualTo(threads * 50L);
    } finally {
      workers.shutdown();
    }
    try (PageStore store = open()) {
      assertThat(store.stats().pages()).isEqualTo(threads * 50L);
    }
  }

  // Nothing here is moved by writeback: puts, syncs and the close alone write.
  @Test
  void theLogTellsOfEachSyncAndAddsUpToTheCounters() throws Exception {
    PageStore store =
        builder()
            .durability(Durability.DURABLE)
            .monitor(log -> log.format(MonitorFormat.JSON))
            .open();
    List<String> lines = new ArrayList<>();
    try (LogLines log = new LogLines(Monitor.LOGGER_NAME)) {
      try (store) {
        Pool pool = store.createPool("a", PoolKind.PERSISTENT);
        for (int i = 0; i < 100; i++) {
          put(store, pool, i, 1);
        }
        store.sync();
        put(store, pool, 7, 2);
      }
      do {
        lines.add(log.next());
      } while (!lines.get(lines.size() - 1).contains("\"closed\""));
    }
    assertThat(sum(lines, "sync", "syncs")).isEqualTo(store.stats().syncs().syncs()).isEqualTo(2);
    assertThat(sum(lines, "sync", "outBytes")).isEqualTo(store.stats().syncs().writtenBytes());
    assertThat(sum(lines, "sync", "records")).isEqualTo(101);
  }

  private static long sum(List<String> lines, String event, String field) {
    Pattern value = Pattern.compile("\"event\":\"" + event + "\".*\"" + field + "\":(\\d+)");
    return lines.stream()
        .map(value::matcher)
        .filter(Matcher::find)
        .mapToLong(it -> Long.parseLong(it.group(1)))
        .sum();
  }

  @Test
  void aVolatileStoreDoesNotTouchADurableOneAndHasNothingToSync() throws IOException {
    try (PageStore store = open()) {
      put(store, store.createPool("a", PoolKind.PERSISTENT), 1, 1);
    }
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("durable store");
    try (PageStore store = open()) {
      assertVersion(store, store.pool("a").orElseThrow(), 1, 1);
    }
    PageStore other = Pagestrata.builder().ram(ram -> ram.maxSize("8MiB")).open();
    other.sync();
    assertThat(other.isDurable()).isFalse();
    other.close();
    assertThatThrownBy(other::sync).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void aDurableStoreNeedsATierOfFiles() {
    assertThatThrownBy(
            () ->
                Pagestrata.builder()
                    .ram(ram -> ram.maxSize("8MiB"))
                    .durability(Durability.DURABLE)
                    .build())
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("durability");
  }

  private Path segment() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".pss")).findFirst().orElseThrow();
    }
  }

  @Test
  void aSegmentUnderAnotherNumberIsRefused() throws IOException {
    try (PageStore store = open()) {
      put(store, store.createPool("a", PoolKind.PERSISTENT), 1, 1);
    }
    Files.copy(segment(), directory.resolve("segment-00000077.pss"));
    assertThatThrownBy(this::open)
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining("segment-00000077.pss is a copy of another segment");
    Files.delete(directory.resolve("segment-00000077.pss"));
    try (PageStore store = open()) {
      assertVersion(store, store.pool("a").orElseThrow(), 1, 1);
    }
  }

  @Test
  void aSegmentOfAnotherStoreIsRefused() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    try (PageStore store =
        Pagestrata.builder()
            .durability(Durability.DURABLE)
            .ram(ram -> ram.maxSize("8MiB"))
            .file(file -> file.directory(other).maxSize("64MiB"))
            .open()) {
      put(store, store.createPool("a", PoolKind.PERSISTENT), 1, 1);
    }
    open().close();
    Files.copy(other.resolve("segment-00000001.pss"), directory.resolve("segment-00000001.pss"));
    assertThatThrownBy(this::open)
        .isInstanceOf(TierFailureException.class)
        .hasMessageContaining("belongs to another store");
  }

  /** Hazard H29: the damage of one page is not that of its neighbours, nor of the start. */
  @Test
  void aDamagedRecordIsReportedAndTheOthersAreRead() throws IOException {
    try (PageStore store = open()) {
      Pool pool = store.createPool("a", PoolKind.PERSISTENT);
      for (int i = 0; i < 20; i++) {
        put(store, pool, i, 1);
      }
    }
    byte[] bytes = Files.readAllBytes(segment());
    bytes[4096 + 32 + 50] ^= 4;
    Files.write(segment(), bytes);
    try (PageStore store = open()) {
      Pool pool = store.pool("a").orElseThrow();
      int damaged = 0;
      for (int i = 0; i < 20; i++) {
        try {
          assertVersion(store, pool, i, 1);
        } catch (CorruptPageException e) {
          assertThat(e).hasMessageContaining("offset 4096");
          damaged++;
        }
      }
      assertThat(damaged).isEqualTo(1);
    }
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    open().close();
    Path manifest;
    try (Stream<Path> files = Files.list(directory)) {
      manifest = files.filter(file -> file.toString().endsWith(".psm")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(manifest);
    ByteBuffer little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    little.putShort(12, (short) 99);
    int length = little.getInt(44);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length - 4);
    little.putInt(length - 4, (int) crc.getValue());
    Files.write(manifest, bytes);
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("has format version 99, and this program reads versions up to 3");
  }
}
