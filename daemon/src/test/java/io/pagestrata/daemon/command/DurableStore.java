// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small durable store, closed in order, for the commands that look at its files. */
final class DurableStore {
  static final String SEGMENT = "segment-00000001.pss";
  private static final int HEADER_BYTES = 4096;
  private static final int PAGES = 20;

  private DurableStore() {}

  private static PageStore open(Path directory, Optional<Path> key) {
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .ram(ram -> ram.maxSize("8MiB").preTouch(false))
        .file(
            file -> {
              file.directory(directory).maxSize("64MiB").segmentSize("1MiB");
              file.cleanBelowLiveShare(0);
              key.ifPresent(file::encryptionKeyFile);
            })
        .open();
  }

  static PageStore open(Path directory) {
    return open(directory, Optional.empty());
  }

  /** One that is not durable, in the directory of such a store. */
  static PageStore openVolatile(Path directory) {
    return Pagestrata.builder()
        .ram(ram -> ram.maxSize("8MiB").preTouch(false))
        .file(file -> file.directory(directory).maxSize("64MiB").segmentSize("1MiB"))
        .open();
  }

  static void make(Path directory) {
    fill(open(directory));
  }

  static void makeEncrypted(Path directory, Path key) {
    fill(open(directory, Optional.of(key)));
  }

  private static void fill(PageStore filled) {
    ByteBuffer page = ByteBuffer.allocate(4096);
    try (PageStore store = filled) {
      Pool pool = store.createPool("swap", PoolKind.PERSISTENT);
      for (int i = 0; i < PAGES; i++) {
        page.putLong(0, i + 1).putLong(2000, -i);
        store.put(pool, 1, i, page);
      }
      store.sync();
      store.flush(pool, 1, PAGES - 1);
    }
  }

  static void damageFirstRecord(Path directory) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(SEGMENT));
    bytes[HEADER_BYTES + 40] ^= 1;
    Files.write(directory.resolve(SEGMENT), bytes);
  }
}
