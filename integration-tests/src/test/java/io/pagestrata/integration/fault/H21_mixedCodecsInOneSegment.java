// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.integration.support.RealPages;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The history: how a page was compressed was known per device only, and toggling it in mid-life
 * made pages unreadable. Here zpages of every codec, raw and same-filled ones share one segment,
 * and each says itself what it is; after a restart with yet another codec all are read.
 */
class H21_mixedCodecsInOneSegment {
  private static final List<String> CODECS = List.of("lz4", "zstd-3", "none", "zstd--3");
  private static final int PAGES = 200;

  @TempDir private Path directory;
  private final RealPages real = RealPages.of(4096);

  private PageStore open(String codec) {
    return Pagestrata.builder()
        .durability(Durability.DURABLE)
        .ram(ram -> ram.maxSize("8MiB").codec(codec))
        .file(file -> file.directory(directory).maxSize("64MiB"))
        .open();
  }

  private ByteBuffer content(int index) {
    byte[] bytes = new byte[4096];
    if (index % 4 == 1) {
      new Random(index).nextBytes(bytes);
    } else if (index % 4 != 2) {
      bytes = real.page(index).clone();
    }
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void everyZpageIsReadAfterARestartWithAnyCodec() {
    try (PageStore store = open("lz4")) {
      Pool pool = store.createPool("a", PoolKind.PERSISTENT);
      for (int i = 0; i < PAGES; i++) {
        store.switchCodec(Pagestrata.codec(CODECS.get(i / 4 % CODECS.size())));
        assertThat(store.put(pool, 1, i, content(i)).isStored()).isTrue();
      }
    }
    ByteBuffer page = ByteBuffer.allocate(4096);
    for (String codec : CODECS) {
      try (PageStore store = open(codec)) {
        Pool pool = store.pool("a").orElseThrow();
        // So that whoever reads has made zpages with this codec, too.
        assertThat(store.put(pool, 2, 0, content(0)).isStored()).isTrue();
        for (int i = 0; i < PAGES; i++) {
          assertThat(store.get(pool, 1, i, page)).isTrue();
          assertThat(page).as("page %d with codec %s", i, codec).isEqualTo(content(i));
        }
      }
    }
  }
}
