// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.WriteBudget;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A put at the limit of its tenant waits for pages of that tenant, and for nothing else. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TenantWaitTest {
  private static final Duration VERY_LONG = Duration.ofDays(1);
  private static final long LIMIT_BYTES = 20_000;

  private static StoreRig open(long ramBytes, long totalBytes) {
    TenantLimits limits =
        new TenantLimits("a", 1, ramBytes, totalBytes, Integer.MAX_VALUE, WriteBudget.UNLIMITED);
    return StoreRig.builder()
        .policies(new StorePolicies(EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(limits)))
        .cacheTenant("a")
        .putWait(VERY_LONG)
        .open();
  }

  private static PutOutcome put(StoreRig rig, int index) {
    byte[] page = PageStamp.page(rig.pageBytes, 1, index, 1);
    return rig.store.put(rig.cache, 1, index, page, 0);
  }

  /** Puts pages as long as there is room; returns how many. */
  private static int fill(StoreRig rig, int tier) {
    NearPages near = rig.store.near();
    int pages = 0;
    while (near.put(rig.cache, 1, pages, page(rig, pages))) {
      pages++;
      if (tier > 0) {
        rig.writeback.demote(0, true);
      }
    }
    assertThat(pages).isGreaterThan(3);
    return pages;
  }

  private static ByteBuffer page(StoreRig rig, int index) {
    return ByteBuffer.wrap(PageStamp.page(rig.pageBytes, 1, index, 1));
  }

  private static void awaitStalls(StoreRig rig, long stalls) {
    while (rig.store.stats().stalls() < stalls) {
      Thread.onSpinWait();
    }
  }

  /** Pages below the top make no noise of their own when they go. */
  @Test
  void roomMadeBetweenTheTryAndTheWaitIsNotMissed() {
    try (StoreRig rig = open(TenantLimits.NO_LIMIT, LIMIT_BYTES)) {
      Pool pool = rig.store.createPool(PoolSpec.of("p", PoolKind.PERSISTENT).ownedBy("a"));
      int pages = 0;
      while (rig.store.near().put(pool, 1, pages, page(rig, pages))) {
        pages++;
        rig.writeback.demote(0, true);
      }
      assertThat(pages).isGreaterThan(3);
      int last = pages;
      rig.writeback.onceWoken(() -> rig.store.flushRange(pool, 1, 0, last));
      byte[] page = PageStamp.page(rig.pageBytes, 1, last, 1);
      assertThat(rig.store.put(pool, 1, last, page, 0)).isEqualTo(PutOutcome.STORED);
    }
  }

  @Test
  void aPutThatWaitsForRamMakesItsTenantGiveNothingUp() {
    try (StoreRig rig = open(TenantLimits.NO_LIMIT, LIMIT_BYTES)) {
      int pages = fill(rig, 0);
      rig.top().faults.refuse(StoreIntent.PUT);
      Threads.run(
          List.of(
              () -> assertThat(put(rig, 0)).isEqualTo(PutOutcome.STORED),
              () -> {
                awaitStalls(rig, 1);
                assertThat(rig.writeback.hierarchy.needs(0)).isEmpty();
                rig.top().faults.refuse();
                rig.top().host().spaceFreed();
              }));
      assertThat(rig.writeback.hierarchy.needs(0)).isEmpty();
      assertThat(rig.store.flushRange(rig.cache, 1, 0, pages)).isEqualTo(pages);
    }
  }

  @Test
  void aPutAtTheLimitOfAllTiersMakesItsTenantGiveUp() {
    try (StoreRig rig = open(TenantLimits.NO_LIMIT, LIMIT_BYTES)) {
      int pages = fill(rig, 0);
      Threads.run(
          List.of(
              () -> assertThat(put(rig, pages)).isEqualTo(PutOutcome.STORED),
              () -> {
                awaitStalls(rig, 1);
                assertThat(rig.writeback.hierarchy.needs(0)).hasSize(1);
                rig.store.flush(rig.cache, 1, 0);
                rig.store.flush(rig.cache, 1, 1);
              }));
      assertThat(rig.writeback.hierarchy.needs(0)).as("when nobody waits").isEmpty();
    }
  }

  @Test
  void aPutThatWaitsForItsTenantIsWokenByClose() {
    try (StoreRig rig = open(LIMIT_BYTES, TenantLimits.NO_LIMIT)) {
      int pages = fill(rig, 0);
      Threads.run(
          List.of(
              () ->
                  assertThatThrownBy(() -> put(rig, pages))
                      .isInstanceOf(StoreClosedException.class),
              () -> {
                awaitStalls(rig, 1);
                rig.store.close();
              }));
    }
  }

  /** Each rewrite frees a zpage of the tenant, and the room is taken already. */
  @Test
  void aWokenPutCompressesOnlyWhenItMayHaveTheRoom() {
    try (StoreRig rig = open(LIMIT_BYTES, TenantLimits.NO_LIMIT)) {
      int pages = fill(rig, 0);
      int before = rig.trimming.compressions.get();
      int rewrites = 5;
      Threads.run(
          List.of(
              () -> assertThat(put(rig, pages)).isEqualTo(PutOutcome.STORED),
              () -> {
                for (int i = 1; i <= rewrites; i++) {
                  awaitStalls(rig, i);
                  assertThat(put(rig, 0)).isEqualTo(PutOutcome.STORED);
                }
                awaitStalls(rig, rewrites + 1);
                rig.store.flush(rig.cache, 1, 0);
                rig.store.flush(rig.cache, 1, 1);
              }));
      assertThat(rig.trimming.compressions.get() - before).isEqualTo(rewrites + 2);
    }
  }
}
