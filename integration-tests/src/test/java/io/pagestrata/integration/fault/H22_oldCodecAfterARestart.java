// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.integration.support.VersionedPages;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each life of a durable store has another codec, and writes over a part of what the lives before
 * have left: segments with zpages of dead codecs are cleaned, and every page is read in each life.
 */
class H22_oldCodecAfterARestart {
  private static final String[] CODECS = {"zstd-3", "lz4", "none", "zstd-1", "lz4"};
  private static final int PAGES = 2000;

  @TempDir private Path directory;
  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);
  private final long[] versions = new long[PAGES];

  @Test
  void everyPageIsReadInEachLife() throws InterruptedException {
    for (int life = 1; life <= CODECS.length; life++) {
      try (PageStore store = open(CODECS[life - 1])) {
        Pool pool =
            store.pool("kept").orElseGet(() -> store.createPool("kept", PoolKind.PERSISTENT));
        assertPages(store, pool);
        for (int i = life % 2; i < PAGES; i += 1 + life % 3) {
          VersionedPages.write(page, i, life);
          assertThat(store.put(pool, 1, i, page).isStored()).isTrue();
          versions[i] = life;
        }
        store.writeBack(WritebackRequest.everything());
        assertPages(store, pool);
      }
    }
  }

  private PageStore open(String codec) {
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .ram(ram -> ram.maxSize("8MiB").codec(codec).preTouch(false))
        .file(file -> file.directory(directory).maxSize("32MiB"))
        .open();
  }

  private void assertPages(PageStore store, Pool pool) {
    for (int i = 0; i < PAGES; i++) {
      boolean found = store.get(pool, 1, i, page);
      assertThat(found ? VersionedPages.read(page, i) : 0).as("page %d", i).isEqualTo(versions[i]);
    }
  }
}
