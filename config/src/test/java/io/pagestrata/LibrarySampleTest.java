// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample of the page about the library, compiled and run twice in one directory. */
class LibrarySampleTest {
  @TempDir Path directory;

  @Test
  void theSampleRunsAgainOverWhatItLeft() {
    byte[] page = new byte[4096];
    new Random(1).nextBytes(page);
    byte[] copy = new byte[4096];
    assertThat(run(page, copy)).isFalse();
    assertThat(run(page, copy)).isTrue();
    assertThat(copy).isEqualTo(page);
  }

  private boolean run(byte[] page, byte[] copy) {
    boolean found;
    // tag::sample[]
    try (PageStore store =
        Pagestrata.builder()
            .durability("durable")
            .ram(ram -> ram.maxSize("64MiB"))
            .file(file -> file.directory(directory).maxSize("1GiB"))
            .open()) {
      // Pools of a durable store are there again after the first run.
      Pool pool = store.pool("heap").orElseGet(() -> store.createPool("heap", PoolKind.PERSISTENT));
      found = store.get(pool, 7, 0, copy, 0);
      PutOutcome outcome = store.put(pool, 7, 0, page, 0);
      if (!outcome.isStored()) {
        throw new IllegalStateException("no room: " + outcome); // the page is as it was before
      }
      store.sync(); // what was put and removed before survives every crash
    }
    // end::sample[]
    return found;
  }
}
