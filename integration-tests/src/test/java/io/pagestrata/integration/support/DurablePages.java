// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The pages of one pool of a durable store, what they hold now and what the last sync made survive.
 * For one thread.
 */
public final class DurablePages {
  private static final String POOL = "swap";

  private final ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
  private final SmallStore small;
  private final Pool pool;

  /** Version of each page, 0 for none. */
  private final long[] now;

  private long[] synced;
  private long lastVersion;

  public DurablePages(SmallStore small, int pages) {
    this.small = small;
    pool = small.store().createPool(POOL, PoolKind.PERSISTENT);
    now = new long[pages];
    synced = new long[pages];
  }

  public Pool pool() {
    return pool;
  }

  /** Puts new versions of all pages from one on, and removes each fifth of them. */
  public void changeFrom(int first) {
    for (int i = first; i < now.length; i++) {
      if (i % 5 == 4) {
        small.store().flush(pool, 0, i);
        now[i] = 0;
      } else {
        put(i);
      }
    }
  }

  public void put(int index) {
    VersionedPages.write(page, index, ++lastVersion);
    assertThat(small.store().put(pool, 0, index, page).isStored()).as("put %d", index).isTrue();
    now[index] = lastVersion;
  }

  public void sync() {
    small.store().sync();
    synced = now.clone();
  }

  public void assertReadable() {
    assertThat(read(small.store(), pool)).as("what the running store shows").isEqualTo(now);
  }

  /** A get of one page, compared with what it must hold. */
  public void get(int index) {
    boolean found = small.store().get(pool, 0, index, page);
    assertThat(found ? VersionedPages.read(page, index) : 0).isEqualTo(now[index]);
  }

  private long[] read(PageStore store, Pool from) {
    long[] found = new long[now.length];
    for (int i = 0; i < now.length; i++) {
      found[i] = store.get(from, 0, i, page) ? VersionedPages.read(page, i) : 0;
    }
    return found;
  }

  /** What a start after a crash now would find: each page as synced, or newer. */
  public void assertSurvives(Path copy) {
    try {
      Files.createDirectories(copy);
      while (!copied(copy)) {
        // Segments came, went or grew meanwhile: no moment looked like that.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertFoundIn(copy);
  }

  private boolean copied(Path copy) throws IOException {
    for (Path file : sizes(copy).keySet()) {
      Files.delete(file);
    }
    try {
      Map<Path, Long> before = sizes(small.directory());
      for (Path file : before.keySet()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
      return before.equals(sizes(small.directory()));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static Map<Path, Long> sizes(Path directory) throws IOException {
    Map<Path, Long> sizes = new HashMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        sizes.put(file, Files.size(file));
      }
    }
    return sizes;
  }

  /** The same of the directory itself, after the store was closed. */
  public void assertFoundIn(Path directory) {
    try (SmallStore again = SmallStore.options().durable().open(directory)) {
      long[] found = read(again.store(), again.store().pool(POOL).orElseThrow());
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).as("version of page %d", i).isIn(synced[i], now[i]);
      }
      again.check();
    }
  }
}
