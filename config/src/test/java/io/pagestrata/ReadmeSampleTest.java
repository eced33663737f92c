// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample of the README, compiled and run. */
class ReadmeSampleTest {
  @TempDir Path directory;

  @Test
  void theSampleRuns() {
    byte[] page = new byte[4096];
    new Random(1).nextBytes(page);
    byte[] copy = new byte[4096];
    // tag::sample[]
    try (PageStore store =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("64MiB").codec("lz4"))
            .file(file -> file.directory(directory).maxSize("1GiB"))
            .open()) {
      Pool pool = store.createPool("heap", PoolKind.PERSISTENT);
      store.put(pool, 7, 0, page, 0); // object 7, page 0: STORED, or why not
      store.get(pool, 7, 0, copy, 0); // false when the page is absent
      store.flush(pool, 7, 0); // removes the page
    } // memory and files are given back
    // end::sample[]
    assertThat(copy).isEqualTo(page);
  }
}
