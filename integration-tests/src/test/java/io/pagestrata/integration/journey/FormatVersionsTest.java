// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.core.Deduplication;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.integration.support.VersionedPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of each format version that was ever released for durable stores, a directory each, are
 * read. Those of a new version are made once, by {@code -Dpagestrata.regenerate=true}.
 */
class FormatVersionsTest {
  private static final int CURRENT = 3;
  private static final Path SAMPLES = Path.of("src", "test", "resources", "format");
  private static final int PAGES = 4;
  private static final int SAME_FILLED = 10;
  private static final int REMOVED = 11;
  private static final int FIRST_WITH_CONTENTS = 3;
  private static final int FIRST_EQUAL = 20;
  private static final int EQUAL = 3;

  @TempDir private Path directory;
  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);

  private PageStore open(Path files) {
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .policies(policies -> policies.deduplication(Deduplication.POOL))
        .ram(ram -> ram.maxSize("8MiB"))
        .file(file -> file.directory(files).maxSize("64MiB"))
        .open();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void everyPageIsRead(int version) throws IOException {
    for (Path file : files(SAMPLES.resolve(Integer.toString(version)))) {
      Files.copy(file, directory.resolve(file.getFileName()));
    }
    try (PageStore store = open(directory)) {
      Pool pool = store.pool("sample").orElseThrow();
      boolean shares = version >= FIRST_WITH_CONTENTS;
      assertThat(store.stats().pages()).isEqualTo(PAGES + 1 + (shares ? EQUAL : 0));
      assertThat(store.stats().policies().deduplication().sharedPages())
          .isEqualTo(shares ? EQUAL : 0);
      for (int i = 0; shares && i < EQUAL; i++) {
        assertThat(store.get(pool, 2, i, page)).isTrue();
        assertThat(VersionedPages.read(page, FIRST_EQUAL)).isEqualTo(1);
      }
      for (int i = 0; i < PAGES; i++) {
        assertThat(store.get(pool, 1, i, page)).isTrue();
        assertThat(VersionedPages.read(page, i)).isEqualTo(1);
      }
      assertThat(store.get(pool, 1, SAME_FILLED, page)).isTrue();
      assertThat(page.getLong(8)).isEqualTo(77);
      assertThat(store.get(pool, 1, REMOVED, page)).isFalse();
    }
  }

  private static List<Path> files(Path samples) throws IOException {
    try (Stream<Path> files = Files.list(samples)) {
      return files.filter(file -> !file.toString().endsWith(".lock")).toList();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "pagestrata.regenerate", matches = "true")
  void makeTheSampleOfTheCurrentVersion() throws IOException {
    try (PageStore store = open(directory)) {
      Pool pool = store.createPool("sample", PoolKind.PERSISTENT);
      store.switchCodec(Pagestrata.codec("zstd-1"));
      for (int i = 0; i < PAGES; i++) {
        VersionedPages.write(page, i, 1);
        store.put(pool, 1, i, page);
        store.switchCodec(Pagestrata.codec("lz4"));
      }
      VersionedPages.write(page, FIRST_EQUAL, 1);
      for (int i = 0; i < EQUAL; i++) {
        store.put(pool, 2, i, page);
      }
      for (int i = 0; i < page.capacity(); i += Long.BYTES) {
        page.putLong(i, 77);
      }
      store.put(pool, 1, SAME_FILLED, page);
      store.put(pool, 1, REMOVED, page);
      store.sync();
      store.flush(pool, 1, REMOVED);
    }
    Path samples = Files.createDirectories(SAMPLES.resolve(Integer.toString(CURRENT)));
    for (Path file : files(directory)) {
      Files.copy(file, samples.resolve(file.getFileName()));
    }
  }
}
