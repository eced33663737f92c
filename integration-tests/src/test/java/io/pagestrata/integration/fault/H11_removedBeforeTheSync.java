// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages full of a canary are put and removed before anything is written down. Their memory is used
 * again for other pages, tombstones and footers; no byte of theirs may reach a file of the durable
 * store.
 */
class H11_removedBeforeTheSync {
  private static final String CANARY = "canary!?";
  private static final int PAGES = 400;

  @TempDir private Path directory;
  private final Random random = new Random(11);

  @Test
  void noByteOfThemReachesAFile() throws IOException {
    try (SmallStore small = SmallStore.options().durable().inTheClear().open(directory)) {
      Pool pool = small.store().createPool("swap", PoolKind.PERSISTENT);
      for (int i = 0; i < PAGES; i++) {
        assertThat(small.store().put(pool, 0, i, canaries(), 0).isStored()).isTrue();
      }
      small.store().flushObject(pool, 0);
      for (int i = 0; i < PAGES; i++) {
        byte[] page = new byte[SmallStore.PAGE_BYTES];
        random.nextBytes(page);
        Arrays.fill(page, random.nextInt(page.length), page.length, (byte) 0);
        assertThat(small.store().put(pool, 1, i, page, 0).isStored()).isTrue();
      }
      small.store().sync();
      small.store().flushObject(pool, 1);
      small.store().sync();
      assertThat(files()).doesNotContain(CANARY).doesNotContain(CANARY.substring(0, 5));
      assertThat(small.store().put(pool, 2, 1, canaries(), 0).isStored()).isTrue();
      small.store().sync();
      assertThat(files()).as("what is put stays readable in the clear").contains(CANARY);
    }
  }

  /** Noise between the canaries, so that no codec hides them. */
  private byte[] canaries() {
    byte[] page = RealPages.incompressible(SmallStore.PAGE_BYTES, random);
    byte[] canary = CANARY.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at < page.length; at += 256) {
      System.arraycopy(canary, 0, page, at, canary.length);
    }
    return page;
  }

  private String files() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }
}
