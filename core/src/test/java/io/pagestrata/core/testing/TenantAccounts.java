// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.Tier;
import java.util.HashMap;
import java.util.Map;

/** What tenants hold, added up page by page, to compare with what a store counts. */
final class TenantAccounts {
  private final Map<String, Long> pages = new HashMap<>();
  private final Map<String, Map<Integer, Long>> bytes = new HashMap<>();

  void addPage(Pool pool) {
    pages.merge(pool.tenantName(), 1L, Long::sum);
  }

  void add(Pool pool, Tier tier, int number, long locator) {
    bytes
        .computeIfAbsent(pool.tenantName(), name -> new HashMap<>())
        .merge(number, tier.heldBytes(locator), Long::sum);
  }

  void check(StoreStats stats) {
    for (TenantStats tenant : stats.policies().tenants()) {
      String name = tenant.name();
      assertThat(tenant.pages())
          .as("pages of tenant %s", name)
          .isEqualTo(pages.getOrDefault(name, 0L));
      for (int i = 0; i < tenant.bytesByTier().size(); i++) {
        assertThat(tenant.bytesByTier().get(i))
            .as("bytes of tenant %s in tier %d", name, i)
            .isEqualTo(bytes.getOrDefault(name, Map.of()).getOrDefault(i, 0L));
      }
    }
    for (int i = 0; i < stats.tiers().size(); i++) {
      int tier = i;
      assertThat(
              stats.policies().tenants().stream().mapToLong(it -> it.bytesByTier().get(tier)).sum())
          .as("bytes of all tenants in tier %d", i)
          .isEqualTo(stats.tiers().get(i).zpageBytes());
    }
  }
}
