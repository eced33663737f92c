// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.testing.DailyBudgets;
import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StepWriteback;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.TierFaults;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.WriteBudget;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a sync writes, and what becomes of the copies when pages change before it is done; the rig
 * compares tiers and table at its end, so a copy that nobody freed fails each test.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SyncBatchTest {
  private final HeapLog log = new HeapLog();

  private StoreRig.Builder durable() {
    return StoreRig.builder().log(log);
  }

  private StoreRig.Builder sharing() {
    return durable().anonymousPages().policies(StorePolicies.DEFAULT.with(Deduplication.POOL));
  }

  private static PageVisitor.Place place(StoreRig rig) {
    List<PageVisitor.Place> found = new ArrayList<>();
    rig.store.inspect((pool, object, index, place) -> found.add(place));
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private void onceWhileWriting(Runnable change) {
    log.onAppend(
        () -> {
          log.onAppend(() -> {});
          change.run();
        });
  }

  @Test
  void aPageStaysAboveBackedByWhatWasWritten() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      rig.store.sync();
      assertThat(place(rig).tier()).isZero();
      assertThat(place(rig).backingTier()).isEqualTo(1);
    }
  }

  // Forbidden: memory outside the budget, held for pages that are gone.
  @Test
  void aSyncHoldsNoLeafOfPagesThatAreGoneAfterIt() {
    try (StoreRig rig = durable().open()) {
      List<WeakReference<Leaf>> leaves = new ArrayList<>();
      for (long object = 1; object <= 2; object++) {
        assertThat(rig.put(rig.swap, object, 1, 7)).isTrue();
        leaves.add(new WeakReference<>(rig.swap.table().find(object, 1)));
      }
      rig.store.sync();
      rig.store.flush(rig.swap, 1, 1);
      rig.store.flush(rig.swap, 2, 1);
      rig.store.sync();
      // Whoever puts keeps the leaf of the last page.
      assertThat(rig.put(rig.swap, 3, 1, 7)).isTrue();
      rig.store.sync();
      assertThat(rig.swap.table().find(1, 1)).isNull();
      assertThat(rig.swap.table().find(2, 1)).isNull();
      System.gc();
      assertThat(leaves).allSatisfy(leaf -> assertThat(leaf.get()).isNull());
    }
  }

  @Test
  void aPageIsLeftBelowWhenNothingMoreFitsAbove() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      rig.top().faults.refuse(StoreIntent.RECLAIM);
      rig.store.sync();
      assertThat(place(rig).tier()).isEqualTo(1);
      assertThat(rig.top().liveZpages()).isZero();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
    }
  }

  // Who asked for the sync sees its message alone, perhaps in another process.
  @Test
  void aSyncThatIsRefusedSaysWhatTheTierMet() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      TierFaults faults = rig.below().faults;
      faults.trouble = "No space left on device";
      String what = "changes could not be written down: tier " + rig.below().name() + " answered ";
      assertRefused(rig, TierOutcome.READ_ONLY, what + "READ_ONLY: No space left on device");
      assertRefused(rig, TierOutcome.FULL, what + "FULL");
      faults.trouble = null;
      assertRefused(rig, TierOutcome.READ_ONLY, what + "READ_ONLY");
      faults.batchOutcome = TierOutcome.STORED;
      rig.store.sync();
    }
  }

  private static void assertRefused(StoreRig rig, TierOutcome outcome, String message) {
    rig.below().faults.batchOutcome = outcome;
    assertThatThrownBy(rig.store::sync)
        .isInstanceOfSatisfying(
            TierFailureException.class,
            e -> assertThat(e.isFull()).isEqualTo(outcome == TierOutcome.FULL))
        .hasMessage(message);
  }

  @Test
  void whatReclaimWroteIsNotWrittenAgain() {
    try (StoreRig rig = durable().promoteAlways().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      rig.writeback.demote(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
      assertThat(place(rig).tier()).isZero();
      rig.store.sync();
      assertThat(rig.below().stats().storedZpages()).isEqualTo(1);
    }
  }

  @Test
  void aPageThatIsBeingWrittenBackGoesDownAllTheSame() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      StepWriteback.Round round = rig.writeback.collect(0, true);
      rig.store.sync();
      assertThat(rig.writeback.write(round)).isEqualTo(TierOutcome.STORED);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.DEMOTED);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
    }
  }

  // Forbidden: a page that a sync leaves to a writeback which then fails, and no sync writes again.
  @Test
  void aPageWhoseWritebackFailsAfterTheSyncIsWrittenByTheNext() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      StepWriteback.Round round = rig.writeback.collect(0, true);
      rig.store.sync();
      rig.writeback.cancel(round);
      rig.store.sync();
      assertThat(place(rig).backingTier()).isEqualTo(1);
    }
  }

  // The place above is the same again, and so is the tag of the generation in its entry. Forbidden:
  // the older bytes as backing of the newer page, and a sync that looks at it for ever.
  @Test
  void aCopyIsNotTheBackingOfALaterPutInTheSamePlace() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      onceWhileWriting(
          () -> {
            rig.store.flush(rig.swap, 1, 1);
            for (int i = 0; i < Entry.STAMPS - 1; i++) {
              rig.put(rig.swap, 2, 2, i);
              rig.store.flush(rig.swap, 2, 2);
            }
            assertThat(rig.put(rig.swap, 1, 1, 8)).isTrue();
          });
      rig.store.sync();
      rig.store.sync();
      rig.writeback.demote(0, true);
      rig.writeback.demote(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(8);
    }
  }

  @Test
  void aPageThatIsRemovedWhileItIsWrittenLeavesNoCopy() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      onceWhileWriting(() -> rig.store.flush(rig.swap, 1, 1));
      rig.store.sync();
      rig.store.sync();
      assertThat(log.tombstones).as("of the record that was written").isEqualTo(1);
      assertThat(rig.below().liveZpages()).as("once something newer is there").isZero();
    }
  }

  @Test
  void aPageThatNeverWasOnTheMediumNeedsNoTombstone() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(rig.store.flush(rig.swap, 1, 1)).isTrue();
      rig.store.sync();
      assertThat(log.tombstones).isZero();
    }
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenByTheNextSync() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      onceWhileWriting(
          () -> {
            throw new TierFailureException("told to fail", null);
          });
      assertThatThrownBy(rig.store::sync).hasMessage("told to fail");
      assertThat(rig.below().liveZpages()).isZero();
      rig.store.sync();
      assertThat(rig.below().liveZpages()).isEqualTo(1);
    }
  }

  /**
   * Removals and pages that are on the medium already can give room back there; a new one cannot.
   */
  @Test
  void inAFullTierRemovalsAreWrittenFirst() {
    try (StoreRig rig = durable().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(rig.put(rig.swap, 1, 2, 7)).isTrue();
      rig.store.sync();
      assertThat(rig.put(rig.swap, 1, 1, 8)).isTrue();
      assertThat(rig.store.flush(rig.swap, 1, 2)).isTrue();
      List<Integer> zpages = new ArrayList<>();
      List<Integer> tombstones = new ArrayList<>();
      log.onAppend(
          () -> {
            zpages.add((int) rig.below().stats().storedZpages());
            tombstones.add(log.tombstones);
            if (zpages.size() == 1) {
              throw new TierFailureException("told to be full", null, true);
            }
          });
      rig.store.sync();
      assertThat(zpages).as("before each batch").containsExactly(2, 2, 2);
      assertThat(tombstones).as("before each batch").containsExactly(0, 0, 1);
      assertThat(rig.below().stats().storedZpages()).isEqualTo(3);
    }
  }

  @Test
  void aTenantPaysForWhatASyncWrites() {
    WriteBudget budget = DailyBudgets.of("tenant:a", 1 << 20);
    try (StoreRig rig = durable().policies(DailyBudgets.ofTenant(budget)).open()) {
      Pool pool = rig.store.createPool(PoolSpec.of("p", PoolKind.PERSISTENT).ownedBy("a"));
      assertThat(rig.put(pool, 1, 1, 7)).isTrue();
      rig.store.sync();
      assertThat(budget.stats().usedTodayBytes()).isEqualTo(rig.below().stats().zpageBytes());
    }
  }

  // Forbidden: a record that names a content which is not on the medium yet.
  @Test
  void aContentIsWrittenBeforeTheRecordsThatNameIt() {
    try (StoreRig rig = sharing().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(rig.put(rig.swap, 1, 2, 7)).isTrue();
      List<Integer> before = new ArrayList<>();
      log.onAppend(() -> before.add(rig.below().liveZpages()));
      rig.store.sync();
      assertThat(before).as("zpages on the medium before each batch").containsExactly(0, 1);
      assertThat(rig.below().liveZpages()).isEqualTo(3);
    }
  }

  @Test
  void aContentThatGoesNeedsNoTombstone() {
    try (StoreRig rig = sharing().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(rig.put(rig.swap, 1, 2, 7)).isTrue();
      rig.store.sync();
      assertThat(rig.store.flushRange(rig.swap, 1, 1, 2)).isEqualTo(2);
      rig.store.sync();
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(log.tombstones).as("one for each page").isEqualTo(2);
    }
  }

  @Test
  void noRecordNamesAContentThatCannotBeWritten() {
    try (StoreRig rig = sharing().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(rig.put(rig.swap, 1, 2, 7)).isTrue();
      long content = rig.top().liveLocators().get(0);
      rig.top().flipBit(content, 400);
      assertThatThrownBy(rig.store::sync).isInstanceOf(CorruptPageException.class);
      assertThat(rig.below().liveZpages()).isZero();
      rig.top().flipBit(content, 400);
      rig.store.sync();
      assertThat(rig.below().liveZpages()).as("the content and two records").isEqualTo(3);
    }
  }

  @Test
  void aRecordGoesWhenItsPageSharedNoMoreOnceItWasWritten() {
    try (StoreRig rig = sharing().open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(rig.put(rig.swap, 1, 2, 7)).isTrue();
      AtomicInteger batches = new AtomicInteger();
      log.onAppend(
          () -> {
            if (batches.incrementAndGet() == 2) {
              assertThat(rig.put(rig.swap, 1, 1, 8)).isTrue();
            }
          });
      rig.store.sync();
      rig.store.sync();
      assertThat(rig.below().liveZpages())
          .as("a content, one record, and the page that was put")
          .isEqualTo(3);
    }
  }

  @Test
  void recordsBeyondOneBatchAreWrittenInAnother() {
    int pages = 1500;
    try (StoreRig rig = sharing().slots(512).open()) {
      for (int i = 0; i < pages; i++) {
        assertThat(rig.put(rig.swap, 1, i, 7)).isTrue();
      }
      rig.store.sync();
      assertThat(rig.below().liveZpages()).isEqualTo(1 + pages);
    }
  }

  @Test
  void aMirrorIsOnTheMediumAndItsTierNeedNotBeRead() {
    try (StoreRig rig = durable().lossyMiddle().topKind(HeapTier.Kind.PLAIN).open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      rig.writeback.demote(0, true);
      rig.below().faults.failReads(true);
      rig.store.sync();
      assertThat(rig.bottom().stats().storedZpages()).isEqualTo(1);
      rig.below().faults.failReads(false);
    }
  }

  @Test
  void aPageThatReplicasKeepGetsAMirrorWhereItIs() {
    try (StoreRig rig = durable().lossyMiddle().topKind(HeapTier.Kind.PLAIN).open()) {
      rig.lossy.mirrored = false;
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      rig.writeback.demote(0, true);
      rig.store.sync();
      assertThat(place(rig).tier()).isEqualTo(1);
      assertThat(place(rig).backingTier()).isEqualTo(2);
      assertThat(rig.below().stats().storedZpages()).isEqualTo(1);
    }
  }

  @Test
  void aReadThatFailsIsNoneWhenThePageWasPutAnewMeanwhile() {
    try (StoreRig rig = durable().lossyMiddle().topKind(HeapTier.Kind.PLAIN).open()) {
      rig.lossy.mirrored = false;
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      rig.writeback.demote(0, true);
      rig.below().faults.failReads(true);
      rig.below().faults.onceBeforeRead(() -> rig.put(rig.swap, 1, 1, 8));
      rig.store.sync();
      assertThat(place(rig).backingTier()).isEqualTo(2);
    }
  }
}
