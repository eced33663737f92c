// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.config.Durability;
import io.pagestrata.config.EncryptionKeys;
import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.PageStoreException;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.integration.support.VersionedPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of a durable store with three generations of pages in several segments, and what
 * each page must be in it. A store that was killed is a copy of the files while it ran, after a
 * sync.
 */
final class DamageRig {
  static final int PAGES = 240;
  static final String POOL = "kept";

  /** End of the name of a manifest of an earlier run; a file that no store looks at. */
  static final String OLD = ".old";

  /** Most bytes that are written before they are forced. */
  static final int BATCH_BYTES = (1 << 20) / 4;

  private final Path template;
  private final Path killed;
  private final Optional<Path> key;
  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);

  private DamageRig(Path directory, Optional<Path> key) throws IOException {
    this.key = key;
    template = Files.createDirectory(directory.resolve("closed"));
    killed = directory.resolve("killed");
    for (int version = 1; version <= 3; version++) {
      try (PageStore store = open(template)) {
        Pool pool =
            version == 1
                ? store.createPool(POOL, PoolKind.PERSISTENT)
                : store.pool(POOL).orElseThrow();
        change(store, pool, version);
        store.sync();
        if (version == 3) {
          copy(template, killed);
        }
      }
      if (version == 2) {
        Path manifest = files(template, ".psm").get(0);
        Files.copy(manifest, template.resolve(manifest.getFileName() + OLD));
      }
    }
  }

  static DamageRig inTheClear(Path directory) throws IOException {
    return new DamageRig(Files.createDirectory(directory), Optional.empty());
  }

  static DamageRig encrypted(Path directory) throws IOException {
    Path key = Files.createDirectory(directory).resolve("key");
    EncryptionKeys.create(key);
    return new DamageRig(directory, Optional.of(key));
  }

  private void change(PageStore store, Pool pool, int version) {
    for (int i = 0; i < PAGES; i++) {
      if (version == 3 && i % 5 == 0) {
        store.flush(pool, 1, i);
      } else if (i % version == 0 || version == 1) {
        VersionedPages.write(page, i, version);
        assertThat(store.put(pool, 1, i, page).isStored()).isTrue();
      }
    }
  }

  /** The version that a page must have; 0 when it was removed. */
  static int expected(int i) {
    return i % 5 == 0 ? 0 : i % 3 == 0 ? 3 : i % 2 == 0 ? 2 : 1;
  }

  PageStore open(Path directory) {
    PagestrataBuilder builder =
        Pagestrata.builder()
            .durability(Durability.DURABLE)
            .ram(ram -> ram.maxSize("8MiB").preTouch(false))
            .file(
                file -> {
                  file.directory(directory).maxSize("64MiB").segmentSize("1MiB");
                  file.cleanBelowLiveShare(0).writeBytesPerDay("1GiB");
                  key.ifPresent(file::encryptionKeyFile);
                });
    return builder.open();
  }

  List<Path> keys() {
    return key.stream().toList();
  }

  /** A copy to damage. */
  Path copy(boolean closed, Path to) throws IOException {
    copy(closed ? template : killed, to);
    return to;
  }

  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** The segments of a directory, oldest first. */
  static List<Path> segments(Path directory) throws IOException {
    return files(directory, ".pss");
  }

  static List<Path> files(Path directory, String end) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    }
  }

  /** What opening a store and reading every page gave. */
  record Outcome(boolean opened, int right, int refused, List<String> wrong) {}

  /** Reads every page of a store. */
  Outcome read(Path directory) {
    int right = 0;
    int refused = 0;
    List<String> wrong = new ArrayList<>();
    PageStore store;
    try {
      store = open(directory);
    } catch (PageStoreException clear) {
      assertThat(clear.getMessage()).isNotBlank();
      return new Outcome(false, 0, 0, wrong);
    }
    try (store) {
      Optional<Pool> pool = store.pool(POOL);
      if (pool.isEmpty()) {
        return new Outcome(true, 0, PAGES, wrong);
      }
      for (int i = 0; i < PAGES; i++) {
        try {
          long version =
              store.get(pool.get(), 1, i, page.clear()) ? VersionedPages.read(page, i) : 0;
          if (version == expected(i)) {
            right++;
          } else {
            wrong.add("page " + i + " has version " + version + " in place of " + expected(i));
          }
        } catch (CorruptPageException said) {
          refused++;
        }
      }
    }
    return new Outcome(true, right, refused, wrong);
  }
}
