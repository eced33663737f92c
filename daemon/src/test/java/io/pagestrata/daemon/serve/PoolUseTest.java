// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.yaml.YamlConfig;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A durable store holds the pages of an export; then its configuration is another. */
class PoolUseTest {
  private static final int PAGES = 512;
  private static final int PAGE_BYTES = 4096;

  @TempDir Path directory;

  private DaemonConfig config(String exports) {
    String yaml =
        """
        durability: durable
        tiers:
        - {type: ram, max-size: 8MiB, pre-touch: false}
        - {type: file, directory: '%s', max-size: 64MiB}
        tenants:
        - {name: a}
        - {name: b}
        exports:
        %s
        server: {listen: ['unix:%s']}
        """
            .formatted(directory.resolve("segments"), exports, directory.resolve("s"));
    return YamlConfig.parseDaemon("f.yaml", yaml.getBytes(StandardCharsets.UTF_8));
  }

  @BeforeEach
  void fill() {
    DaemonConfig config = config("- {name: d, size: 1MiB}");
    try (PageStore store = Pagestrata.open(config.store())) {
      Pool pool = store.createPool(PoolSpec.of("d", PoolKind.PERSISTENT).ownedBy("a"));
      byte[] page = new byte[PAGE_BYTES];
      for (int i = 0; i < PAGES; i++) {
        page[0] = (byte) i;
        store.put(pool, 0, i, page, 0);
      }
      store.createPool("empty", PoolKind.PERSISTENT);
    }
  }

  private List<String> warnings(String exports) throws StartException {
    try (Daemon daemon = Daemon.start(config(exports))) {
      return daemon.warnings();
    }
  }

  @Test
  void anExportThatServesAllIsRight() throws StartException {
    assertThat(warnings("- {name: d, size: 2MiB, tenant: a}")).isEmpty();
    assertThat(warnings("- {name: e, pool: d, size: 2MiB, tenant: a}")).isEmpty();
    assertThat(
            warnings(
                "- {name: d, size: 1MiB, tenant: a}\n"
                    + "- {name: r, pool: d, size: 2MiB, read-only: true, tenant: a}"))
        .isEmpty();
  }

  @Test
  void aRenamedExportIsToldWhereItsPagesAre() throws StartException {
    assertThat(warnings("- {name: e, size: 1MiB}"))
        .containsExactly("no export serves the 512 pages of pool 'd'; one with 'pool: d' does");
  }

  @Test
  void pagesBehindTheEndAreTold() throws StartException {
    assertThat(warnings("- {name: d, size: 1MiB, tenant: a}"))
        .containsExactly(
            "256 pages of pool 'd' are behind the end of its export, at 1MiB; they stay, and a"
                + " larger size serves them again");
  }

  @Test
  void aTenantThatChangesNothingIsTold() throws StartException {
    assertThat(warnings("- {name: d, size: 2MiB, tenant: b}"))
        .containsExactly(
            "export 'd': its pool belongs to tenant 'a' since it was made; tenant 'b' has no"
                + " effect");
  }
}
