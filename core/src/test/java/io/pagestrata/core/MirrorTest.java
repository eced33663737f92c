// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A tier that may lose zpages stands between two that do not: nothing is ever lost. */
class MirrorTest {
  private static StoreRig open() {
    return builder().open();
  }

  private static StoreRig.Builder builder() {
    return StoreRig.builder().lossyMiddle().topKind(HeapTier.Kind.PLAIN);
  }

  private static void store(StoreRig rig, int pages) {
    for (int i = 0; i < pages; i++) {
      assertThat(rig.put(rig.swap, 1, i, i + 10)).isTrue();
    }
    rig.writeback.demote(0, true);
  }

  private static void assertPages(StoreRig rig, int pages) {
    for (int i = 0; i < pages; i++) {
      assertThat(rig.get(rig.swap, 1, i)).isEqualTo(i + 10);
    }
  }

  private static PageVisitor.Place place(StoreRig rig, int index) {
    AtomicReference<PageVisitor.Place> found = new AtomicReference<>();
    rig.store.inspect(
        (pool, object, i, place) -> {
          if (i == index) {
            found.set(place);
          }
        });
    return found.get();
  }

  @Test
  void aPageWrittenBackIsInBothTiers() {
    try (StoreRig rig = open()) {
      store(rig, 5);
      assertThat(place(rig, 3).tier()).isEqualTo(1);
      assertThat(place(rig, 3).backingTier()).isEqualTo(2);
      assertThat(rig.bottom().liveZpages()).isEqualTo(5);
      assertPages(rig, 5);
    }
  }

  @Test
  void removalAndOverwriteFreeBothCopies() {
    try (StoreRig rig = open()) {
      store(rig, 5);
      rig.store.flush(rig.swap, 1, 0);
      rig.put(rig.swap, 1, 1, 99);
      assertThat(rig.take(rig.swap, 1, 2)).isEqualTo(12);
      assertThat(rig.below().liveZpages()).isEqualTo(2);
      assertThat(rig.bottom().liveZpages()).isEqualTo(2);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(99);
    }
  }

  // The tier refuses the batch: the pages rest below it at once, and puts are not told it is full.
  @Test
  void aRefusedBatchRestsInItsMirror() {
    try (StoreRig rig = open()) {
      rig.below().faults.batchOutcome = TierOutcome.READ_ONLY;
      rig.below().faults.state = TierState.READ_ONLY;
      store(rig, 5);
      assertThat(place(rig, 3).tier()).isEqualTo(2);
      assertThat(rig.below().liveZpages()).isZero();
      assertPages(rig, 5);
    }
  }

  @Test
  void evictionFromTheTierWritesNothing() {
    try (StoreRig rig = open()) {
      store(rig, 5);
      long before = rig.bottom().stats().storedZpages();
      assertThat(rig.writeback.demote(1, false).claims(Claim.EVICTED_CLEAN)).isEqualTo(5);
      assertThat(rig.bottom().stats().storedZpages()).isEqualTo(before);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(place(rig, 0).tier()).isEqualTo(2);
      assertPages(rig, 5);
    }
  }

  @Test
  void aReferencedPageLeavesTheTierAsWell() {
    try (StoreRig rig = open()) {
      store(rig, 2);
      assertPages(rig, 2);
      assertThat(rig.writeback.demote(1, false).claims(Claim.EVICTED_CLEAN)).isEqualTo(2);
    }
  }

  @Test
  void aLostZpageIsReadFromItsMirrorAndRestsThereFromThenOn() {
    try (StoreRig rig = open()) {
      store(rig, 5);
      rig.lossy.lost = true;
      assertPages(rig, 3);
      assertThat(place(rig, 2).tier()).isEqualTo(2);
      assertThat(place(rig, 4).tier()).as("not read yet").isEqualTo(1);
      assertThat(rig.below().liveZpages()).isEqualTo(2);
      assertThat(rig.take(rig.swap, 1, 4)).isEqualTo(14);
      StoreOracle.check(rig);
      rig.lossy.lost = false;
      assertPages(rig, 4);
    }
  }

  @Test
  void aTierThatCannotBeReadNowKeepsItsPages() {
    try (StoreRig rig = open()) {
      store(rig, 5);
      rig.below().faults.failReads(true);
      assertPages(rig, 5);
      assertThat(place(rig, 2).tier()).isEqualTo(1);
      assertThat(rig.take(rig.swap, 1, 4)).isEqualTo(14);
      rig.below().faults.failReads(false);
      assertPages(rig, 4);
    }
  }

  // Who looks which tier is slow must not find the time of a disk at a server that was not asked.
  @Test
  void aReadThatTheMirrorAnswersCountsForItsTier() {
    try (StoreRig rig = open()) {
      store(rig, 5);
      assertPages(rig, 2);
      rig.below().faults.failReads(true);
      assertPages(rig, 5);
      rig.below().faults.failReads(false);
      assertPages(rig, 3);
      StoreStats stats = rig.store.stats();
      assertThat(stats.hitsByTier()).containsExactly(0L, 5L, 5L);
      assertThat(stats.refaultLatencyByTier())
          .extracting(LatencySnapshot::count)
          .containsExactly(0L, 5L, 5L);
    }
  }

  @Test
  void aDamagedCopyIsAnsweredFromTheMirror() {
    try (StoreRig rig = open()) {
      store(rig, 1);
      rig.below().flipBit(rig.below().liveLocators().get(0), 8 * 40);
      assertPages(rig, 1);
      assertThat(place(rig, 0).tier()).isEqualTo(2);
    }
  }

  @Test
  void damageInTheMirrorIsToldWhenTheCopyIsLostToo() {
    try (StoreRig rig = open()) {
      store(rig, 1);
      rig.bottom().flipBit(rig.bottom().liveLocators().get(0), 8 * 40);
      rig.below().faults.failReads(true);
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 0))
          .isInstanceOf(TierFailureException.class)
          .hasMessageContaining("page 0 of object 1");
      rig.below().faults.failReads(false);
      assertPages(rig, 1);
      rig.lossy.lost = true;
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 0)).isInstanceOf(CorruptPageException.class);
      rig.store.flush(rig.swap, 1, 0);
    }
  }

  @Test
  void cleaningBelowMovesTheMirror() {
    try (StoreRig rig = open()) {
      store(rig, 5);
      assertThat(rig.bottom().maintain()).as("mirrors moved").isEqualTo(5);
      StoreOracle.check(rig);
      assertThat(rig.bottom().maintain()).as("and again").isEqualTo(5);
      StoreOracle.check(rig);
      rig.lossy.lost = true;
      assertPages(rig, 5);
    }
  }

  @Test
  void aPageRemovedWhileItsMirrorMovesLeavesNothing() {
    try (StoreRig rig = open()) {
      store(rig, 1);
      rig.bottom().faults.onceBeforeStore(() -> rig.store.flush(rig.swap, 1, 0));
      assertThat(rig.bottom().maintain()).isZero();
      assertThat(rig.bottom().liveZpages()).isZero();
      assertThat(rig.below().liveZpages()).isZero();
    }
  }

  // Up: the copy and its mirror stay, a chain of three. Down again: nothing is written.
  @Test
  void aPromotedPageGoesBackWithoutAWrite() {
    try (StoreRig rig = builder().promoteAlways().open()) {
      store(rig, 5);
      assertPages(rig, 5);
      assertThat(place(rig, 3).tier()).isZero();
      assertThat(place(rig, 3).backingTier()).isEqualTo(1);
      StoreOracle.check(rig);
      assertThat(rig.writeback.demote(0, true).claims(Claim.EVICTED_CLEAN)).isEqualTo(5);
      assertThat(place(rig, 3).tier()).isEqualTo(1);
      assertThat(place(rig, 3).backingTier()).isEqualTo(2);
      StoreOracle.check(rig);
      assertThat(rig.below().stats().storedZpages()).isEqualTo(5);
    }
  }

  @Test
  void anOverwriteEndsTheChainOfThree() {
    try (StoreRig rig = builder().promoteAlways().open()) {
      store(rig, 1);
      assertPages(rig, 1);
      rig.put(rig.swap, 1, 0, 77);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.bottom().liveZpages()).isZero();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(77);
    }
  }

  @Test
  void cleaningGivesTheChainBelowAPromotedPageUp() {
    for (int cleaned : new int[] {1, 2}) {
      try (StoreRig rig = builder().promoteAlways().open()) {
        store(rig, 3);
        assertPages(rig, 3);
        if (cleaned == 1) {
          rig.writeback.demote(1, true);
        } else {
          assertThat(rig.bottom().maintain()).isZero();
        }
        assertThat(rig.below().liveZpages()).isZero();
        assertThat(rig.bottom().liveZpages()).isZero();
        StoreOracle.check(rig);
        assertPages(rig, 3);
      }
    }
  }

  @Test
  void aPageOverwrittenDuringItsWritebackLeavesNoCopy() {
    try (StoreRig rig = open()) {
      rig.put(rig.swap, 1, 0, 10);
      var round = rig.writeback.collect(0, true);
      rig.writeback.write(round);
      rig.put(rig.swap, 1, 0, 11);
      rig.writeback.commit(round);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.bottom().liveZpages()).isZero();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(11);
    }
  }

  @Test
  void aPageReadDuringItsWritebackIsBackedByBoth() {
    try (StoreRig rig = open()) {
      rig.put(rig.swap, 1, 0, 10);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(10);
      rig.writeback.write(round);
      rig.writeback.commit(round);
      assertThat(place(rig, 0).tier()).isZero();
      assertThat(place(rig, 0).backingTier()).isEqualTo(1);
      assertThat(rig.bottom().liveZpages()).isEqualTo(1);
    }
  }

  // The tier says that it no longer stands by what it holds: pages become their mirrors, and a
  // page that rests above gives its chain up.
  @Test
  void aTierThatRevokesItsZpagesLeavesThePagesBelow() {
    try (StoreRig rig = builder().promoteAlways().open()) {
      store(rig, 2);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(11);
      revokeAll(rig);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(place(rig, 0).tier()).isEqualTo(2);
      assertThat(place(rig, 1).tier()).isZero();
      assertThat(place(rig, 1).backingTier()).isEqualTo(PageVisitor.NONE);
      StoreOracle.check(rig);
      assertPages(rig, 2);
    }
  }

  private static void revokeAll(StoreRig rig) {
    long region =
        rig.lossy.reclaim(
            (ByteBuffer memory, int offset, int bytes, long locator, long backing) ->
                assertThat(rig.below().host().fallBackToMirror(memory, offset, locator)).isTrue(),
            Long.MAX_VALUE);
    rig.lossy.settle(region);
  }

  @Test
  void theTierIsPassedOverWhenAPutAsksWhetherToWait() {
    try (StoreRig rig = open()) {
      assertThat(rig.writeback.hierarchy.safeTierBelow(0)).isEqualTo(2);
      assertThat(rig.writeback.hierarchy.safeTierBelow(1)).isEqualTo(2);
    }
  }
}
