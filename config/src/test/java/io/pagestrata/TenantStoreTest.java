// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.config.TenantTiers;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.stats.PolicyStats;
import io.pagestrata.core.tier.WriteBudgetStats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is configured about tenants and budgets reaches the store that is opened. */
class TenantStoreTest {
  @TempDir private Path directory;

  private PageStore open() {
    return Pagestrata.builder()
        .ram(ram -> ram.maxSize("16MiB"))
        .file(file -> file.directory(directory).maxSize("64MiB").writeBytesPerDay("1GiB"))
        .tenant(it -> it.name("web").weight(3).ramMaxSize("4MiB").writeBytesPerDay("512MiB"))
        .tenant(it -> it.name("lab").tiers(TenantTiers.RAM_ONLY))
        .open();
  }

  private static void fill(PageStore store, Pool pool) {
    byte[] page = new byte[store.pageBytes()];
    for (int i = 0; i < 50; i++) {
      new Random(i).nextBytes(page);
      assertThat(store.put(pool, 0, i, page, 0).isStored()).isTrue();
    }
  }

  @Test
  void limitsTiersAndBudgetsHoldAndBudgetsAreKept() throws InterruptedException {
    long webBytes;
    long fileBytes;
    try (PageStore store = open()) {
      Pool web = store.createPool(PoolSpec.of("web", PoolKind.PERSISTENT).ownedBy("web"));
      Pool lab = store.createPool(PoolSpec.of("lab", PoolKind.PERSISTENT).ownedBy("lab"));
      fill(store, web);
      fill(store, lab);
      store.writeBack(WritebackRequest.everything());
      PolicyStats stats = store.stats().policies();
      assertThat(stats.tenant("web").weight()).isEqualTo(3);
      assertThat(stats.tenant("web").ramLimitBytes()).isEqualTo(4 << 20);
      assertThat(stats.tenant("web").bytesByTier().get(0)).isZero();
      assertThat(stats.tenant("lab").bytesByTier().get(1)).isZero();
      assertThat(stats.tenant("default").pages()).isZero();
      assertThat(stats.budgets())
          .extracting(WriteBudgetStats::name)
          .containsExactly("file", "tenant:web");
      fileBytes = stats.budgets().get(0).usedTodayBytes();
      webBytes = stats.budgets().get(1).usedTodayBytes();
      assertThat(webBytes).isBetween(50L * 4096, fileBytes);
    }
    assertThat(Files.exists(directory.resolve("pagestrata.budget"))).isTrue();
    try (PageStore store = open()) {
      PolicyStats stats = store.stats().policies();
      assertThat(stats.budgets())
          .extracting(WriteBudgetStats::usedTodayBytes)
          .containsExactly(fileBytes, webBytes);
    }
  }
}
