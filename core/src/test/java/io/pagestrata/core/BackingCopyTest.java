// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StepWriteback;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The copy below a promoted or spared page: made, used for a free eviction, given up, freed. */
class BackingCopyTest {
  private static PageVisitor.Place placeOf(StoreRig rig, int index) {
    List<PageVisitor.Place> found = new ArrayList<>();
    rig.store.inspect(
        (pool, object, i, place) -> {
          if (i == index) {
            found.add(place);
          }
        });
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @Test
  void aPromotedPageIsBackedAndEvictedAgainWithoutAWrite() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      assertThat(placeOf(rig, 1).tier()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      assertThat(placeOf(rig, 1).tier()).isZero();
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(1);
      assertThat(rig.store.stats().promotions()).isEqualTo(1);
      assertThat(rig.writeback.demote(0, true).claims(Claim.EVICTED_CLEAN)).isEqualTo(1);
      assertThat(rig.below().stats().storedZpages()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void anOverwriteKillsBothCopies() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      rig.get(rig.swap, 1, 1);
      rig.put(rig.swap, 1, 1, 5);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(5);
    }
  }

  @Test
  void cleaningBelowGivesTheBackingCopyUpAndThePageStays() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      rig.get(rig.swap, 1, 1);
      assertThat(rig.below().maintain()).isZero();
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.writeback.demote(0, true).claims(Claim.TAKEN)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aCopyThatBecomesThePageWhileCleaningAsksIsAlive() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      rig.get(rig.swap, 1, 1);
      // The clean eviction comes between the question and the look at the copy above.
      rig.top().faults.onceBeforeRead(() -> rig.writeback.demote(0, true));
      assertThat(rig.below().maintain()).as("zpages moved").isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aCopyThatBecomesThePageWhileItsTrailerIsLookedUpIsAlive() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      rig.get(rig.swap, 1, 1);
      // The copy above is held by cleaning, and freed; its trailer can no longer be told.
      rig.top().faults.onceBeforeBacking(() -> rig.writeback.demote(0, true));
      assertThat(rig.below().maintain()).as("zpages moved").isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void cleaningAboveKeepsTheBackingCopy() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      rig.get(rig.swap, 1, 1);
      assertThat(rig.top().maintain()).isEqualTo(1);
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(1);
      StoreOracle.check(rig);
      assertThat(rig.writeback.demote(0, true).claims(Claim.EVICTED_CLEAN)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aPageReadDuringItsWritebackStaysAndIsBacked() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 4);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      rig.writeback.write(round);
      rig.writeback.commit(round);
      assertThat(placeOf(rig, 1).tier()).isZero();
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aBackedPageOfTheMiddleTierThatComesUpLeavesNoOrphanBelow() {
    StoreRig.Builder three =
        StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN).promoteAlways();
    try (StoreRig rig = three.open()) {
      backInTheMiddle(rig);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      assertThat(placeOf(rig, 1).tier()).isZero();
      StoreOracle.check(rig);
      rig.writeback.demote(0, true);
      StoreOracle.check(rig);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  /** Leaves page 1 in the middle tier, backed by the last. */
  private static void backInTheMiddle(StoreRig rig) {
    rig.put(rig.swap, 1, 1, 4);
    rig.writeback.demote(0, true);
    var round = rig.writeback.collect(1, true);
    rig.top().faults.refuse(StoreIntent.PROMOTION);
    assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    rig.top().faults.refuse();
    rig.writeback.write(round);
    rig.writeback.commit(round);
    assertThat(placeOf(rig, 1).tier()).isEqualTo(1);
    assertThat(placeOf(rig, 1).backingTier()).isEqualTo(2);
  }

  @Test
  void aPageThatComesUpFromMemoryLeavesNothingThere() {
    StoreRig.Builder three =
        StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN).promoteAlways();
    try (StoreRig rig = three.open()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      assertThat(placeOf(rig, 1).tier()).isZero();
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.tiers.get(1).liveZpages()).isZero();
      StoreOracle.check(rig);
      rig.writeback.demote(0, true);
      assertThat(placeOf(rig, 1).tier()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void reclaimOfTheMiddleTierGivesUpCopiesThatOnlyBackPagesAbove() {
    StoreRig.Builder three = StoreRig.builder().tiers(3).middleKind(HeapTier.Kind.COPIES);
    try (StoreRig rig = three.open()) {
      rig.put(rig.swap, 1, 1, 4);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      rig.writeback.write(round);
      rig.writeback.commit(round);
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(1);
      rig.writeback.demote(1, true);
      assertThat(rig.tiers.get(1).liveZpages()).as("zpages that fill the tier").isZero();
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aPageReadOnItsWayToMemoryStaysWithoutACopyThere() {
    try (StoreRig rig = StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN).open()) {
      rig.put(rig.swap, 1, 1, 4);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.KEPT);
      assertThat(placeOf(rig, 1).tier()).isZero();
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.tiers.get(1).liveZpages()).isZero();
      StoreOracle.check(rig);
    }
  }

  /** Leaves page 1 in the top tier, backed by the last, with memory between. */
  private static StoreRig backedFromTheLast() {
    StoreRig rig = StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN).promoteAlways().open();
    rig.put(rig.swap, 1, 1, 4);
    rig.writeback.demote(0, true);
    rig.writeback.demote(1, true);
    assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    assertThat(placeOf(rig, 1).backingTier()).isEqualTo(2);
    return rig;
  }

  @Test
  void aBackedPageSinksThroughMemoryAndStaysBacked() {
    try (StoreRig rig = backedFromTheLast()) {
      sinkUntilIn(rig, 1);
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(2);
      StoreOracle.check(rig);
      long written = rig.tiers.get(2).stats().storedZpages();
      rig.writeback.demote(1, true);
      assertThat(placeOf(rig, 1).tier()).isEqualTo(2);
      assertThat(rig.tiers.get(2).stats().storedZpages()).isEqualTo(written);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  private static void sinkUntilIn(StoreRig rig, int tier) {
    for (int i = 0; i < 3 && placeOf(rig, 1).tier() != tier; i++) {
      rig.writeback.demote(0, false);
    }
    assertThat(placeOf(rig, 1).tier()).isEqualTo(tier);
  }

  @Test
  void aBackingCopyGivenUpDuringTheWayDownIsNotNamedThere() {
    try (StoreRig rig = backedFromTheLast()) {
      var round = collectPage(rig);
      rig.tiers.get(2).maintain();
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.DEMOTED);
      assertThat(placeOf(rig, 1).tier()).isEqualTo(1);
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(PageVisitor.NONE);
      assertThat(rig.tiers.get(2).liveZpages()).isZero();
      StoreOracle.check(rig);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  private static StepWriteback.Round collectPage(StoreRig rig) {
    var round = rig.writeback.collect(0, false);
    for (int i = 0; i < 3 && round.batch.count() == 0; i++) {
      rig.writeback.cancel(round);
      round = rig.writeback.collect(0, false);
    }
    assertThat(round.batch.count()).isEqualTo(1);
    return round;
  }

  @Test
  void aBackedPageReadOnItsWayToMemoryKeepsItsBacking() {
    try (StoreRig rig = backedFromTheLast()) {
      var round = collectPage(rig);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.KEPT);
      assertThat(placeOf(rig, 1).tier()).isZero();
      assertThat(placeOf(rig, 1).backingTier()).isEqualTo(2);
      StoreOracle.check(rig);
    }
  }

  @Test
  void aBackedPageOverwrittenOnItsWayToMemoryLeavesNothingBelow() {
    try (StoreRig rig = backedFromTheLast()) {
      var round = collectPage(rig);
      rig.put(rig.swap, 1, 1, 5);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsExactly(Commit.LOST);
      assertThat(rig.tiers.get(1).liveZpages() + rig.tiers.get(2).liveZpages()).isZero();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(5);
      StoreOracle.check(rig);
    }
  }

  @Test
  void anEphemeralPageSinksToMemoryAndIsDroppedThere() {
    try (StoreRig rig = StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN).open()) {
      rig.put(rig.cache, 1, 1, 4);
      assertThat(rig.writeback.demote(0, false).claims(Claim.TAKEN)).isEqualTo(1);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(4);
      rig.writeback.demote(1, true);
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
      StoreOracle.check(rig);
    }
  }
}
