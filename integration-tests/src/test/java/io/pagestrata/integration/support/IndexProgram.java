// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A program that puts pages into a durable store with an index, again and again, and says so after
 * each sync, until it is killed.
 */
public final class IndexProgram {
  public static final String SYNCED = "synced";
  public static final int PAGES = 4000;
  private static final long SEGMENT_BYTES = 1 << 20;

  private IndexProgram() {}

  /** A small store with segments of 1 MiB. */
  public static PageStore open(Path directory, IndexMode index) {
    return Pagestrata.builder()
        .ram(ram -> ram.maxSize("8MiB").preTouch(false))
        .file(
            file ->
                file.directory(directory).maxSize("64MiB").segmentSize(SEGMENT_BYTES).index(index))
        .durability(Durability.DURABLE)
        .open();
  }

  /** Puts one version of every page. */
  public static void putAll(PageStore store, Pool pool, long version) {
    ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
    for (int i = 0; i < PAGES; i++) {
      VersionedPages.write(page, i, version);
      if (!store.put(pool, 1, i, page).isStored()) {
        throw new IllegalStateException("page " + i + " was refused");
      }
    }
  }

  public static void main(String[] args) throws IOException {
    try (PageStore store = open(Path.of(args[0]), IndexMode.ON)) {
      Pool pool = store.createPool("pages", PoolKind.PERSISTENT);
      for (long version = 1; ; version++) {
        putAll(store, pool, version);
        store.sync();
        System.out.println(SYNCED);
      }
    }
  }
}
