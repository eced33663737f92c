// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TenantStats;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tenants in a whole store: one's flood, one's limit, one's pages on request. */
class TenantIsolationTest {
  private static final long RAM_BYTES = 12 << 20;

  /** A bit less than half of what RAM holds at the low watermark, its share. */
  private static final int HOT_PAGES = 1500;

  private static final int FLOOD_PAGES = 30_000;
  private static final int FLOODS_PER_READ = 4;
  private static final double MOST_LOST = 0.05;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);

  private static TenantLimits tenant(String name, long ramBytes) {
    return new TenantLimits(
        name, 1, ramBytes, TenantLimits.NO_LIMIT, Integer.MAX_VALUE, WriteBudget.UNLIMITED);
  }

  private SmallStore open(String name, TenantLimits... tenants) {
    return options(tenants).open(directory.resolve(name));
  }

  private static SmallStore.Options options(TenantLimits... tenants) {
    return SmallStore.options()
        .ramBytes(RAM_BYTES)
        .fileBytes(256 << 20)
        .policies(
            new StorePolicies(EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(tenants)));
  }

  private static Pool pool(SmallStore small, String name, String tenant) {
    return small.store().createPool(PoolSpec.of(name, PoolKind.PERSISTENT).ownedBy(tenant));
  }

  private void put(SmallStore small, Pool pool, int index) {
    assertThat(small.store().put(pool, 0, index, pages.page(index), 0))
        .isEqualTo(PutOutcome.STORED);
  }

  /** Share of reads of the hot pages that RAM served while another pool was flooded. */
  private double hitRatio(SmallStore small, Pool hot, Pool flood) {
    for (int i = 0; i < HOT_PAGES; i++) {
      put(small, hot, i);
    }
    Random random = new Random(35);
    byte[] page = new byte[SmallStore.PAGE_BYTES];
    long hits = -small.store().stats().hitsByTier().get(0);
    int reads = 0;
    for (int i = 0; i < FLOOD_PAGES; i++) {
      put(small, flood, i);
      if (i % FLOODS_PER_READ == 0) {
        assertThat(small.store().get(hot, 0, random.nextInt(HOT_PAGES), page, 0)).isTrue();
        reads++;
      }
    }
    hits += small.store().stats().hitsByTier().get(0);
    return (double) hits / reads;
  }

  /** Alone its pages fit into RAM, so every read would be a hit. */
  @Test
  void aFloodTakesAtMostATwentiethOfTheHitsOfAnotherTenant() {
    try (SmallStore shared = open("shared")) {
      Pool hot = pool(shared, "hot", TenantLimits.DEFAULT_NAME);
      double without = hitRatio(shared, hot, pool(shared, "flood", TenantLimits.DEFAULT_NAME));
      assertThat(without).as("without tenants the flood wins").isLessThan(1 - 2 * MOST_LOST);
    }
    try (SmallStore small =
        open("own", tenant("hot", TenantLimits.NO_LIMIT), tenant("flood", TenantLimits.NO_LIMIT))) {
      double ratio = hitRatio(small, pool(small, "hot", "hot"), pool(small, "flood", "flood"));
      assertThat(ratio).isGreaterThanOrEqualTo(1 - MOST_LOST);
      assertThat(small.check()).isEqualTo(HOT_PAGES + FLOOD_PAGES);
    }
  }

  @Test
  void atItsLimitATenantPaysWithItsOwnPages() {
    long limit = RAM_BYTES / 4;
    try (SmallStore small = open("limit", tenant("a", limit))) {
      Pool quiet = pool(small, "quiet", TenantLimits.DEFAULT_NAME);
      for (int i = 0; i < 1000; i++) {
        put(small, quiet, i);
      }
      Pool own = pool(small, "own", "a");
      for (int i = 0; i < 6000; i++) {
        put(small, own, i);
        assertThat(stats(small, "a").ramBytes()).isLessThanOrEqualTo(limit + 16);
      }
      assertThat(stats(small, "a").bytesByTier().get(1)).isPositive();
      assertThat(stats(small, TenantLimits.DEFAULT_NAME).bytesByTier().get(1)).isZero();
      assertThat(small.check()).isEqualTo(7000);
    }
  }

  /** A sync is never refused for a tenant's budget, or others would wait for it; but it counts. */
  @Test
  void whatASyncWritesIsTakenFromTheBudgetOfItsTenant() throws InterruptedException {
    WriteBudget budget =
        new WriteBudget(
            "tenant:a",
            WriteBudget.NO_LIMIT,
            100_000,
            System::nanoTime,
            InstantSource.fixed(Instant.parse("2026-03-01T06:00:00Z")));
    TenantLimits a =
        new TenantLimits(
            "a", 1, TenantLimits.NO_LIMIT, TenantLimits.NO_LIMIT, Integer.MAX_VALUE, budget);
    try (SmallStore small = options(a).durable().open(directory.resolve("synced"))) {
      Pool own = pool(small, "own", "a");
      for (int i = 0; i < 1000; i++) {
        put(small, own, i);
      }
      small.store().sync();
      long syncedBytes = stats(small, "a").bytesByTier().get(1);
      assertThat(syncedBytes).as("more than its budget").isGreaterThan(100_000);
      assertThat(budget.stats().usedTodayBytes())
          .as("but for what the tier rounds up")
          .isBetween(syncedBytes * 9 / 10, syncedBytes);
      put(small, own, 1000);
      small.store().writeBack(WritebackRequest.everything().ofTenant("a"));
      assertThat(stats(small, "a").bytesByTier().get(1))
          .as("nothing new is written back today")
          .isEqualTo(syncedBytes);
      long spentBytes = budget.stats().usedTodayBytes();
      small.store().sync();
      // Not by its bytes there: cleaning may move the page meanwhile, and the next sync writes it.
      assertThat(budget.stats().usedTodayBytes()).isGreaterThan(spentBytes);
    }
  }

  @Test
  void pagesOfOneTenantGoOnRequestAndComeBackByPrefetch() throws InterruptedException {
    try (SmallStore small = open("request", tenant("a", TenantLimits.NO_LIMIT))) {
      Pool own = pool(small, "own", "a");
      Pool other = pool(small, "other", TenantLimits.DEFAULT_NAME);
      for (int i = 0; i < 1000; i++) {
        put(small, own, i);
        put(small, other, i);
      }
      long ram = stats(small, "a").ramBytes();
      small.store().writeBack(WritebackRequest.everything().ofTenant("a"));
      assertThat(stats(small, "a").ramBytes()).isZero();
      assertThat(stats(small, TenantLimits.DEFAULT_NAME).bytesByTier().get(1)).isZero();
      long written = small.store().stats().writeback().writtenPages();
      assertThat(small.store().prefetch(own, 0, 0, 1000)).isEqualTo(1000);
      assertThat(stats(small, "a").ramBytes()).isGreaterThanOrEqualTo(ram);
      small.store().writeBack(WritebackRequest.everything().ofTenant("a"));
      assertThat(stats(small, "a").ramBytes()).isZero();
      assertThat(small.store().stats().writeback().writtenPages())
          .as("clean pages leave without a write")
          .isEqualTo(written);
      assertThat(small.check()).isEqualTo(2000);
    }
  }

  private static TenantStats stats(SmallStore small, String tenant) {
    return small.store().stats().policies().tenant(tenant);
  }
}
