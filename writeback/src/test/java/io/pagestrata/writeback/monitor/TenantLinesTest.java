// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TenantStats;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Lines about tenants: one for each whose numbers changed. */
class TenantLinesTest {
  private final AtomicReference<List<TenantStats>> now = new AtomicReference<>(List.of());
  private final TenantLines lines = new TenantLines(now::get);

  private static TenantStats tenant(String name, long puts, long refused, long limit) {
    return tenant(name, puts, refused, limit, 0, Long.MAX_VALUE);
  }

  private static TenantStats tenant(
      String name, long puts, long refused, long limit, long written, long writeLimit) {
    return new TenantStats(
        name,
        puts,
        List.of(100L, 30L),
        100,
        10,
        limit,
        Long.MAX_VALUE,
        written,
        writeLimit,
        1,
        puts,
        0,
        refused);
  }

  private List<String> next() {
    return lines.next().stream().map(LineFormat::json).toList();
  }

  @Test
  void onlyThoseThatChangedAreTold() {
    now.set(List.of(tenant("default", 0, 0, Long.MAX_VALUE), tenant("a", 7, 2, 500)));
    assertThat(next())
        .containsExactly(
            "{\"event\":\"tenant\",\"tenant\":\"a\",\"limitBytes\":500,\"heldPages\":7,"
                + "\"ramBytes\":100,\"belowBytes\":30,\"incompressibleBytes\":10,"
                + "\"refusedPuts\":2}");
    assertThat(next()).isEmpty();
    now.set(List.of(tenant("default", 1, 0, Long.MAX_VALUE), tenant("a", 7, 3, 500)));
    assertThat(next()).hasSize(2).last().asString().contains("\"refusedPuts\":1");
  }

  @Test
  void aTenantWithAWriteBudgetTellsHowFarItIsUsed() {
    now.set(List.of(tenant("a", 7, 0, Long.MAX_VALUE, 410, 1000)));
    assertThat(next())
        .containsExactly(
            "{\"event\":\"tenant\",\"tenant\":\"a\",\"budgetShare\":0.410,\"heldPages\":7,"
                + "\"ramBytes\":100,\"belowBytes\":30,\"incompressibleBytes\":10,"
                + "\"refusedPuts\":0}");
  }

  @Test
  void aStoreWithoutTenantsSaysNothingOfThem() {
    now.set(List.of(tenant("default", 5, 0, Long.MAX_VALUE)));
    assertThat(next()).isEmpty();
    now.set(List.of(tenant("default", 6, 0, 500)));
    assertThat(next()).hasSize(1);
  }
}
