// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.config.EncryptionKeys;
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
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of each format version that was ever released for durable stores, a directory each, are
 * read, and those with shared pages. Those of a new version are made once, by {@code
 * -Dpagestrata.regenerate=true}.
 */
class FormatVersionsTest {
  private static final String ENCRYPTED = "3";
  private static final String SHARES = "3-shared";
  private static final String KEY = "0123456789abcdef".repeat(4);
  private static final Path SAMPLES = Path.of("src", "test", "resources", "format");
  private static final int PAGES = 4;
  private static final int SAME_FILLED = 10;
  private static final int REMOVED = 11;
  private static final int FIRST_EQUAL = 20;
  private static final int EQUAL = 3;

  @TempDir private Path directory;
  @TempDir private Path keys;
  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);

  private PageStore open(String sample) throws IOException {
    Path key = keys.resolve("key");
    EncryptionKeys.create(key);
    Files.writeString(key, KEY);
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .policies(policies -> policies.deduplication(Deduplication.POOL))
        .ram(ram -> ram.maxSize("8MiB"))
        .file(
            file -> {
              file.directory(directory).maxSize("64MiB");
              if (sample.equals(ENCRYPTED)) {
                file.encryptionKeyFile(key);
              }
            })
        .open();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", ENCRYPTED, SHARES})
  void everyPageIsRead(String sample) throws IOException {
    for (Path file : files(SAMPLES.resolve(sample))) {
      Files.copy(file, directory.resolve(file.getFileName()));
    }
    try (PageStore store = open(sample)) {
      Pool pool = store.pool("sample").orElseThrow();
      boolean shares = sample.equals(SHARES);
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

  @ParameterizedTest
  @ValueSource(strings = {ENCRYPTED, SHARES})
  @EnabledIfSystemProperty(named = "pagestrata.regenerate", matches = "true")
  void makeTheSamplesOfTheCurrentVersion(String sample) throws IOException {
    try (PageStore store = open(sample)) {
      Pool pool = store.createPool("sample", PoolKind.PERSISTENT);
      store.switchCodec(Pagestrata.codec("zstd-1"));
      for (int i = 0; i < PAGES; i++) {
        VersionedPages.write(page, i, 1);
        store.put(pool, 1, i, page);
        store.switchCodec(Pagestrata.codec("lz4"));
      }
      VersionedPages.write(page, FIRST_EQUAL, 1);
      for (int i = 0; sample.equals(SHARES) && i < EQUAL; i++) {
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
    Path samples = Files.createDirectories(SAMPLES.resolve(sample));
    for (Path file : files(directory)) {
      Files.copy(file, samples.resolve(file.getFileName()));
    }
  }
}
