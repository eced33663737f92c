// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.config.Durability;
import io.pagestrata.config.EncryptionKeys;
import io.pagestrata.config.EncryptionMode;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of encryption: nothing, unless the key is wrong. */
class EncryptionJourneyTest {
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 300;
  private static final String CANARY = "the canary sings at night";

  @TempDir Path directory;
  private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
  private Path key;
  private Path otherKey;

  @BeforeEach
  void makeKeys() throws IOException {
    key = directory.resolve("key");
    otherKey = directory.resolve("other-key");
    EncryptionKeys.create(key);
    EncryptionKeys.create(otherKey);
  }

  private PagestrataBuilder builder(
      Durability durability, EncryptionMode mode, Path keyFile, List<Path> previous) {
    return Pagestrata.builder()
        .durability(durability)
        .ram(ram -> ram.maxSize("16MiB"))
        .file(
            file -> {
              file.directory(directory.resolve("segments")).maxSize("64MiB");
              file.encryption(mode).encryptionPreviousKeyFiles(previous);
              if (keyFile != null) {
                file.encryptionKeyFile(keyFile);
              }
            });
  }

  private PageStore open(Durability durability, EncryptionMode mode, Path keyFile) {
    return Pagestrata.open(builder(durability, mode, keyFile, List.of()).build());
  }

  /** Half random, so that the page does not shrink to nothing and the canary stays as it is. */
  private void fill(int index) {
    byte[] bytes = new byte[PAGE_BYTES];
    new Random(index).nextBytes(bytes);
    byte[] text = CANARY.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, bytes, 1000, text.length);
    page.clear().put(bytes).flip();
  }

  private void putAll(PageStore store) throws InterruptedException {
    Pool pool = store.createPool("pages", PoolKind.PERSISTENT);
    for (int i = 0; i < PAGES; i++) {
      fill(i);
      store.put(pool, 0, i, page);
    }
    store.writeBack(WritebackRequest.everything());
  }

  private void checkAll(PageStore store) {
    Pool pool = store.pool("pages").orElseThrow();
    ByteBuffer target = ByteBuffer.allocateDirect(PAGE_BYTES);
    for (int i = 0; i < PAGES; i++) {
      fill(i);
      assertThat(store.get(pool, 0, i, target.clear())).isTrue();
      assertThat(target.clear()).isEqualTo(page);
    }
  }

  private boolean canaryIsOnDisk() throws IOException {
    boolean found = false;
    for (byte[] content : contents().values()) {
      found |= new String(content, StandardCharsets.ISO_8859_1).contains(CANARY);
    }
    return found;
  }

  private Map<Path, byte[]> contents() throws IOException {
    Map<Path, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory.resolve("segments"))) {
      for (Path file : files.toList()) {
        contents.put(file, Files.readAllBytes(file));
      }
    }
    return contents;
  }

  @Test
  void aVolatileStoreShowsNothingByDefault() throws Exception {
    try (PageStore store = open(Durability.VOLATILE, EncryptionMode.AUTO, null)) {
      putAll(store);
      assertThat(contents()).hasSizeGreaterThan(1);
      assertThat(canaryIsOnDisk()).isFalse();
      checkAll(store);
    }
  }

  /** Proves that the test above would see it. */
  @Test
  void aStoreWithoutEncryptionShowsItsPages() throws Exception {
    try (PageStore store = open(Durability.VOLATILE, EncryptionMode.NONE, null)) {
      putAll(store);
      assertThat(canaryIsOnDisk()).isTrue();
    }
  }

  @Test
  void aDurableStoreOpensWithItsKeyOnly() throws Exception {
    try (PageStore store = open(Durability.DURABLE, EncryptionMode.KEY, key)) {
      putAll(store);
      assertThat(canaryIsOnDisk()).isFalse();
    }
    Map<Path, byte[]> before = contents();
    assertThatThrownBy(() -> open(Durability.DURABLE, EncryptionMode.KEY, otherKey))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("is encrypted with key");
    assertThatThrownBy(() -> open(Durability.DURABLE, EncryptionMode.NONE, null))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("is encrypted with key");
    assertThat(contents()).containsExactlyEntriesOf(before);
    try (PageStore store = open(Durability.DURABLE, EncryptionMode.AUTO, key)) {
      checkAll(store);
    }
  }

  @Test
  void aPlainDurableStoreCanBeEncryptedLater() throws Exception {
    try (PageStore store = open(Durability.DURABLE, EncryptionMode.AUTO, null)) {
      putAll(store);
      assertThat(canaryIsOnDisk()).isTrue();
    }
    try (PageStore store = open(Durability.DURABLE, EncryptionMode.KEY, key)) {
      checkAll(store);
    }
  }

  @Test
  void refusesKeysThatLeadNowhere() {
    assertThatThrownBy(() -> open(Durability.DURABLE, EncryptionMode.EPHEMERAL, null))
        .hasMessageContaining("loses the key");
    assertThatThrownBy(() -> open(Durability.VOLATILE, EncryptionMode.KEY, null))
        .hasMessageContaining("needs a key");
    assertThatThrownBy(() -> open(Durability.VOLATILE, EncryptionMode.NONE, key))
        .hasMessageContaining("unused");
  }
}
