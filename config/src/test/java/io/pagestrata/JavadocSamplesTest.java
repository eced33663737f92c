// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.Durability;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.yaml.YamlConfig;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of the library's javadoc, compiled and run; each region stands there again. */
class JavadocSamplesTest {
  @TempDir Path directory;
  private final byte[] page = new byte[4096];
  private final byte[] copy = new byte[4096];

  @BeforeEach
  void fillThePage() {
    new Random(1).nextBytes(page);
  }

  @Test
  void aConfigurationFromAFile() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("store.yaml"), "tiers: [{type: ram, max-size: 64MiB}]\n");
    // tag::sample[]
    PagestrataConfig config = YamlConfig.read(file); // names line and column of every problem
    Pagestrata.problemsOnThisMachine(config).forEach(System.err::println);
    try (PageStore store = Pagestrata.open(config)) {
      Pool pool = store.createPool("heap", PoolKind.PERSISTENT);
      store.put(pool, 7, 0, page, 0);
    }
    // end::sample[]
    assertThat(Pagestrata.problemsOnThisMachine(config)).isEmpty();
  }

  @Test
  void aConfigurationFromTheBuilder() {
    // tag::sample[]
    PagestrataConfig config =
        Pagestrata.builder()
            .durability(Durability.DURABLE)
            .putWait("2s")
            .ram(ram -> ram.maxSize("64MiB"))
            .file(file -> file.directory(directory).maxSize("1GiB"))
            .build(); // throws with all problems, not the first alone
    // end::sample[]
    assertThat(config.durability()).isEqualTo(Durability.DURABLE);
  }

  @Test
  void aPoolInUse() {
    List<PutOutcome> refused = new ArrayList<>();
    try (PageStore store = Pagestrata.builder().ram(ram -> ram.maxSize("64MiB")).open()) {
      // tag::sample[]
      Pool cache = store.createPool("tiles", PoolKind.EPHEMERAL);
      PutOutcome outcome = store.put(cache, 42, 0, page, 0); // object 42, page 0
      if (!outcome.isStored()) {
        refused.add(outcome); // REFUSED_FULL and others: nothing is stored, and it was counted
      }
      boolean found = store.get(cache, 42, 0, copy, 0); // an ephemeral page may be gone
      long removed = store.flushObject(cache, 42); // all pages of object 42
      store.destroyPool(cache); // what is left of it goes, too
      // end::sample[]
      assertThat(refused).isEmpty();
      assertThat(found).isTrue();
      assertThat(copy).isEqualTo(page);
      assertThat(removed).isEqualTo(1);
    }
  }
}
