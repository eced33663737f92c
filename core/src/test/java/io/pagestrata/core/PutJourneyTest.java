// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.testing.HeapLog;
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

/** The turns of a put that nothing but a limit, or another thread at the right moment, shows. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PutJourneyTest {
  private static final Duration SHORT = Duration.ofMillis(5);
  private static final Duration VERY_LONG = Duration.ofDays(1);
  private static final long LIMIT_BYTES = 20_000;

  private static StoreRig.Builder limited(long ramBytes, long totalBytes, int lowestTier) {
    TenantLimits limits =
        new TenantLimits("a", 1, ramBytes, totalBytes, lowestTier, WriteBudget.UNLIMITED);
    return StoreRig.builder()
        .policies(new StorePolicies(EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(limits)))
        .cacheTenant("a")
        .putWait(VERY_LONG);
  }

  private static byte[] page(StoreRig rig, int index) {
    return PageStamp.page(rig.pageBytes, 1, index, 1);
  }

  private static PutOutcome put(StoreRig rig, int index) {
    return rig.store.put(rig.cache, 1, index, page(rig, index), 0);
  }

  /** Puts pages from an index on as long as nothing has to be waited for; returns the next. */
  private static int fill(StoreRig rig, int from) {
    int next = from;
    while (rig.store.near().put(rig.cache, 1, next, ByteBuffer.wrap(page(rig, next)))) {
      next++;
    }
    return next;
  }

  /** Puts a page that must wait first, and is stored since others do something meanwhile. */
  private static void putDuring(StoreRig rig, int index, Threads.Task others) {
    Threads.run(
        List.of(
            () -> assertThat(put(rig, index)).isEqualTo(PutOutcome.STORED),
            () -> {
              awaitStalls(rig, 1);
              others.run();
            }));
  }

  private static void awaitStalls(StoreRig rig, long stalls) {
    while (rig.store.stats().stalls() < stalls) {
      Thread.onSpinWait();
    }
  }

  @Test
  void writebackIsWokenBeforeATenantIsAtItsLimitInRam() {
    long manyBytes = 5 * LIMIT_BYTES;
    try (StoreRig rig = limited(manyBytes, TenantLimits.NO_LIMIT, 1).putWait(SHORT).open()) {
      int pages = 0;
      while (rig.writeback.wakes.get() == 0) {
        assertThat(put(rig, pages++)).isEqualTo(PutOutcome.STORED);
      }
      assertThat(pages).as("not at the first page").isGreaterThan(1);
    }
  }

  @Test
  void writebackIsWokenByAPutThatATenantMayNotHaveAndThatDoesNotWait() {
    try (StoreRig rig = limited(TenantLimits.NO_LIMIT, LIMIT_BYTES, 1).open()) {
      fill(rig, 0);
      assertThat(rig.writeback.wakes.get()).isEqualTo(1);
    }
  }

  @Test
  void writebackIsWokenByAPutThatWaitsForThePageTable() {
    try (StoreRig rig = StoreRig.builder().putWait(SHORT).open()) {
      assertThat(rig.put(rig.swap, 1, 0, 1)).isTrue();
      long free = rig.budget.limitBytes() - rig.budget.usedBytes();
      assertThat(rig.budget.tryCharge(free)).isTrue();
      byte[] page = page(rig, Leaf.PAGES);
      assertThat(rig.store.put(rig.swap, 1, Leaf.PAGES, page, 0))
          .isEqualTo(PutOutcome.REFUSED_TABLE_FULL);
      assertThat(rig.writeback.wakes.get()).isPositive();
    }
  }

  /** Nobody else makes room there, but the tenant itself may flush. */
  @Test
  void aTenantAtItsLimitIsWaitedForAlsoInTheOnlyTier() {
    try (StoreRig rig = limited(LIMIT_BYTES, TenantLimits.NO_LIMIT, 1).tiers(1).open()) {
      int pages = fill(rig, 0);
      putDuring(rig, pages, () -> rig.store.flushRange(rig.cache, 1, 0, 2));
    }
  }

  @Test
  void aTenantWhosePagesMayNotLeaveRamIsWaitedForOnlyBriefly() {
    try (StoreRig rig = limited(LIMIT_BYTES, TenantLimits.NO_LIMIT, 0).open()) {
      int pages = fill(rig, 0);
      assertThat(put(rig, pages)).isEqualTo(PutOutcome.REFUSED_TENANT_LIMIT);
    }
  }

  @Test
  void aPutThatWaitedForItsTenantLeavesNobodyWaiting() {
    try (StoreRig rig = limited(TenantLimits.NO_LIMIT, LIMIT_BYTES, 1).open()) {
      int pages = fill(rig, 0);
      putDuring(rig, pages, () -> rig.store.flushRange(rig.cache, 1, 0, 2));
      fill(rig, pages + 1);
      assertThat(rig.writeback.hierarchy.needs(0)).as("what a waiting put asks for").isEmpty();
    }
  }

  /** It has room as far as its tenant goes, and then finds that the tier has none. */
  @Test
  void aPutThatTurnsFromItsTenantToTheTierMakesItsTenantGiveNothingUp() {
    try (StoreRig rig = limited(TenantLimits.NO_LIMIT, LIMIT_BYTES, 1).open()) {
      int pages = fill(rig, 0);
      putDuring(
          rig,
          pages,
          () -> {
            rig.top().faults.refuse(StoreIntent.PUT);
            rig.store.flushRange(rig.cache, 1, 0, 2);
            awaitStalls(rig, 2);
            rig.top().faults.refuse();
            rig.top().host().spaceFreed();
          });
      fill(rig, pages + 1);
      assertThat(rig.writeback.hierarchy.needs(0)).as("what a waiting put asks for").isEmpty();
    }
  }

  @Test
  void whatDoesNotShrinkIsRefusedWithoutAWaitWhereItMayNotBeKept() {
    StorePolicies refusing =
        new StorePolicies(EphemeralPages.DROP, IncompressiblePages.REFUSE_TO_RAM, List.of());
    try (StoreRig rig = StoreRig.builder().policies(refusing).putWait(SHORT).open()) {
      rig.store.switchCodec(rig.none);
      assertThat(put(rig, 1)).isEqualTo(PutOutcome.REFUSED_INCOMPRESSIBLE);
      assertThat(rig.store.stats().stalls()).isZero();
    }
  }

  @Test
  void aNearPutThatIsRefusedInADestroyedPoolSaysSoAndLeavesNoPageTable() {
    try (StoreRig rig = StoreRig.builder().open()) {
      Pool doomed = rig.store.createPool("doomed", PoolKind.PERSISTENT);
      rig.refusePuts(
          () -> {
            if (!doomed.isDestroyed()) {
              rig.store.destroyPool(doomed);
            }
            // A put that found the leaf before it went links another one behind the walk.
            assertThat(doomed.table().findOrMake(1, 1)).isNotNull();
          });
      ByteBuffer page = ByteBuffer.wrap(page(rig, 1));
      assertThatThrownBy(() -> rig.store.near().put(doomed, 1, 1, page))
          .isInstanceOf(PoolDestroyedException.class);
      assertThat(doomed.table().find(1, 1)).isNull();
    }
  }

  /** The record of a page that shares has its place beside the leaf, which takes memory. */
  @Test
  void aPageSharesNothingWhereItsRecordWouldHaveNoRoom() {
    StoreRig.Builder durable =
        StoreRig.builder()
            .anonymousPages()
            .policies(StorePolicies.DEFAULT.with(Deduplication.POOL))
            .log(new HeapLog());
    try (StoreRig rig = durable.open()) {
      assertThat(rig.put(rig.swap, 1, Leaf.PAGES, 6)).isTrue();
      assertThat(rig.put(rig.swap, 1, 0, 7)).isTrue();
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      long free = rig.budget.limitBytes() - rig.budget.usedBytes();
      assertThat(rig.budget.tryCharge(free)).isTrue();
      assertThat(rig.put(rig.swap, 1, Leaf.PAGES, 7)).isTrue();
      assertThat(rig.store.stats().policies().deduplication().sharedPages()).isEqualTo(2);
      rig.store.sync();
      rig.budget.release(free);
      assertThat(rig.get(rig.swap, 1, Leaf.PAGES)).isEqualTo(7);
    }
  }
}
