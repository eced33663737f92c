// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.table.Entry;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.WriteBudget;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal pages are one zpage, whatever becomes of it, and each of them is a page of its own. */
class DeduplicationTest {
  private static StoreRig.Builder builder(Deduplication scope) {
    return StoreRig.builder().anonymousPages().policies(StorePolicies.DEFAULT.with(scope));
  }

  private static StoreRig open() {
    return builder(Deduplication.POOL).open();
  }

  private static DeduplicationStats stats(StoreRig rig) {
    return rig.store.stats().policies().deduplication();
  }

  private static void putEqual(StoreRig rig, int pages, long version) {
    for (int i = 0; i < pages; i++) {
      assertThat(rig.put(rig.swap, 1, i, version)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 16384, 32768, 65536})
  void theSecondPageAndTheFirstShareOneZpage(int pageBytes) {
    try (StoreRig rig = builder(Deduplication.POOL).pageBytes(pageBytes).open()) {
      putEqual(rig, 1, 7);
      int compressed = rig.trimming.compressions.get();
      long bytes = rig.top().stats().zpageBytes();
      assertThat(stats(rig).contents()).isZero();
      rig.put(rig.swap, 1, 1, 7);
      rig.put(rig.swap, 9, 9, 7);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      assertThat(rig.top().stats().zpageBytes()).isEqualTo(bytes);
      assertThat(rig.trimming.compressions.get()).isEqualTo(compressed);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(7);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
      assertThat(rig.get(rig.swap, 9, 9)).isEqualTo(7);
      DeduplicationStats stats = stats(rig);
      assertThat(stats.contents()).isEqualTo(1);
      assertThat(stats.sharedPages()).isEqualTo(3);
      assertThat(stats.savedBytes()).isEqualTo(2 * bytes);
      assertThat(stats.putsShared()).isEqualTo(2);
      assertThat(stats.comparisons()).isEqualTo(2);
      assertThat(stats.mismatches()).isZero();
      assertThat(stats.memoryBytes()).isPositive();
      assertThat(rig.store.stats().pages()).isEqualTo(3);
      assertThat(rig.store.stats().puts()).isEqualTo(3);
    }
  }

  @Test
  void comparingIsNoDecompressionOfAGet() {
    try (StoreRig rig = open()) {
      putEqual(rig, 3, 7);
      assertThat(stats(rig).comparisons()).isEqualTo(2);
      assertThat(rig.store.stats().decompressions()).isZero();
      assertThat(rig.get(rig.swap, 1, 2)).isEqualTo(7);
      assertThat(rig.store.stats().decompressions()).isEqualTo(1);
    }
  }

  @Test
  void withoutItNothingIsShared() {
    try (StoreRig rig = StoreRig.builder().anonymousPages().open()) {
      putEqual(rig, 3, 7);
      assertThat(rig.top().liveZpages()).isEqualTo(3);
      assertThat(stats(rig)).isEqualTo(DeduplicationStats.ZERO);
      assertThat(rig.store.pools()).containsExactly(rig.swap, rig.cache);
    }
  }

  @Test
  void theLastPageThatGoesFreesTheZpageAtOnce() {
    try (StoreRig rig = open()) {
      putEqual(rig, 3, 7);
      assertThat(rig.store.flush(rig.swap, 1, 0)).isTrue();
      assertThat(rig.take(rig.swap, 1, 1)).isEqualTo(7);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 2)).isEqualTo(7);
      rig.put(rig.swap, 1, 2, 8);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 2)).isEqualTo(8);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(-1);
      assertThat(stats(rig).contents()).isZero();
      assertThat(stats(rig).savedBytes()).isZero();
    }
  }

  @Test
  void objectsRangesAndPoolsGoWithTheirReferences() {
    try (StoreRig rig = builder(Deduplication.STORE).open()) {
      Pool other = rig.store.createPool("other", PoolKind.PERSISTENT);
      putEqual(rig, 4, 7);
      rig.put(rig.swap, 2, 0, 7);
      rig.put(other, 2, 0, 7);
      assertThat(rig.store.flushRange(rig.swap, 1, 0, 3)).isEqualTo(3);
      assertThat(rig.store.flushObject(rig.swap, 1)).isEqualTo(1);
      assertThat(stats(rig).sharedPages()).isEqualTo(2);
      assertThat(rig.store.destroyPool(rig.swap)).isEqualTo(1);
      assertThat(rig.get(other, 2, 0)).isEqualTo(7);
      assertThat(rig.store.destroyPool(other)).isEqualTo(1);
      assertThat(rig.top().liveZpages()).isZero();
      assertThat(stats(rig).contents()).isZero();
    }
  }

  @Test
  void whatPagesShareSinksAndRisesAsOneZpage() {
    try (StoreRig rig = open()) {
      putEqual(rig, 3, 7);
      assertThat(rig.writeback.demote(0, true).batch.count()).isEqualTo(1);
      assertThat(rig.top().liveZpages()).isZero();
      assertThat(rig.below().liveZpages()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 2)).isEqualTo(7);
      assertThat(rig.store.stats().hitsByTier()).containsExactly(0L, 1L);
      assertThat(rig.store.prefetch(rig.swap, 1, 0, 10)).isEqualTo(3);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      assertThat(rig.store.stats().prefetched()).isEqualTo(1);
      assertThat(rig.writeback.demote(0, true).claims(Claim.EVICTED_CLEAN)).isEqualTo(1);
      rig.below().maintain();
      assertThat(rig.take(rig.swap, 1, 0)).isEqualTo(7);
      assertThat(rig.store.flushRange(rig.swap, 1, 0, 10)).isEqualTo(2);
      assertThat(rig.below().liveZpages()).isZero();
    }
  }

  @Test
  void aGetThatMustNotWaitIsToldWhenTheContentIsBelow() {
    try (StoreRig rig = open()) {
      putEqual(rig, 2, 7);
      ByteBuffer page = ByteBuffer.allocateDirect(rig.pageBytes);
      NearPages near = rig.store.near();
      assertThat(near.get(rig.swap, 1, 0, page)).isEqualTo(NearOutcome.DONE);
      assertThat(PageStamp.version(page, 0, rig.pageBytes, 0, 0)).isEqualTo(7);
      rig.writeback.demote(0, true);
      assertThat(near.get(rig.swap, 1, 0, page)).isEqualTo(NearOutcome.BELOW);
      assertThat(near.presentRun(rig.swap, 1, 0, 10)).isEqualTo(2);
    }
  }

  @Test
  void aZpageBelowIsNotComparedSinceAPutDoesNotWaitForAMedium() {
    try (StoreRig rig = open()) {
      putEqual(rig, 1, 7);
      rig.writeback.demote(0, true);
      rig.put(rig.swap, 1, 1, 7);
      assertThat(stats(rig).notCompared()).isEqualTo(1);
      assertThat(stats(rig).contents()).isZero();
      // The newer of the two is in RAM, so the third page shares with that.
      rig.put(rig.swap, 1, 2, 7);
      assertThat(stats(rig).sharedPages()).isEqualTo(2);
      rig.writeback.demote(0, true);
      rig.put(rig.swap, 1, 3, 7);
      assertThat(stats(rig).notCompared()).isEqualTo(2);
      assertThat(rig.store.flushObject(rig.swap, 1)).isEqualTo(4);
    }
  }

  @Test
  void aPagePutAgainUnchangedStaysWhatItWas() {
    try (StoreRig rig = open()) {
      putEqual(rig, 1, 7);
      rig.put(rig.swap, 1, 0, 7);
      assertThat(stats(rig).contents()).isZero();
      rig.put(rig.swap, 1, 1, 7);
      rig.put(rig.swap, 1, 1, 7);
      rig.put(rig.swap, 1, 0, 7);
      assertThat(stats(rig).sharedPages()).isEqualTo(2);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      assertThat(rig.store.stats().pages()).isEqualTo(2);
    }
  }

  @Test
  void pagesOfDifferentPoolsShareOnlyWhereTheScopeSaysSo() {
    for (Deduplication scope : Deduplication.values()) {
      TenantLimits stranger =
          new TenantLimits(
              "stranger",
              1,
              TenantLimits.NO_LIMIT,
              TenantLimits.NO_LIMIT,
              3,
              WriteBudget.UNLIMITED);
      StorePolicies policies =
          new StorePolicies(
              EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(stranger), scope);
      try (StoreRig rig = StoreRig.builder().anonymousPages().policies(policies).open()) {
        Pool same = rig.store.createPool("same tenant", PoolKind.PERSISTENT);
        Pool foreign =
            rig.store.createPool(PoolSpec.of("foreign", PoolKind.PERSISTENT).ownedBy("stranger"));
        int sharing = scope.ordinal();
        rig.put(rig.swap, 1, 0, 7);
        rig.put(rig.swap, 1, 1, 7);
        assertThat(stats(rig).sharedPages()).isEqualTo(sharing > 0 ? 2 : 0);
        rig.put(same, 1, 0, 7);
        assertThat(stats(rig).sharedPages()).isEqualTo(sharing > 1 ? 3 : sharing > 0 ? 2 : 0);
        // The sighting of the newest page is the one that counts.
        rig.put(rig.swap, 1, 1, 7);
        rig.put(foreign, 1, 0, 7);
        assertThat(stats(rig).contents()).isEqualTo(sharing > 0 ? 1 : 0);
        assertThat(rig.store.stats().policies().tenant("stranger").bytesByTier().get(0) > 0)
            .as("the stranger pays for a zpage of its own under %s", scope)
            .isEqualTo(scope != Deduplication.STORE);
        assertThat(rig.get(foreign, 1, 0)).isEqualTo(7);
      }
    }
  }

  @Test
  void theFirstOwnerPaysAsLongAsAnybodyNeedsTheContent() {
    TenantLimits stranger =
        new TenantLimits(
            "stranger", 1, TenantLimits.NO_LIMIT, TenantLimits.NO_LIMIT, 3, WriteBudget.UNLIMITED);
    StorePolicies policies =
        new StorePolicies(
            EphemeralPages.DROP, IncompressiblePages.KEEP, List.of(stranger), Deduplication.STORE);
    try (StoreRig rig = StoreRig.builder().anonymousPages().policies(policies).open()) {
      Pool foreign =
          rig.store.createPool(PoolSpec.of("foreign", PoolKind.PERSISTENT).ownedBy("stranger"));
      rig.put(rig.swap, 1, 0, 7);
      rig.put(foreign, 1, 0, 7);
      rig.store.flush(rig.swap, 1, 0);
      assertThat(rig.get(foreign, 1, 0)).isEqualTo(7);
      assertThat(rig.store.stats().policies().tenant("default").ramBytes()).isPositive();
      assertThat(rig.store.stats().policies().tenant("stranger").ramBytes()).isZero();
      rig.store.flush(foreign, 1, 0);
      assertThat(rig.store.stats().policies().tenant("default").ramBytes()).isZero();
    }
  }

  @Test
  void ephemeralPagesNeverShare() {
    try (StoreRig rig = builder(Deduplication.STORE).open()) {
      for (int i = 0; i < 3; i++) {
        rig.put(rig.cache, 1, i, 7);
      }
      putEqual(rig, 1, 7);
      assertThat(rig.top().liveZpages()).isEqualTo(4);
      assertThat(stats(rig).hashHits()).isZero();
    }
  }

  /** Two pages with the same hash: the second word of a sum takes back what the first changed. */
  @Test
  void pagesOfOneHashThatDifferAreToldApartByComparison() {
    try (StoreRig rig = open()) {
      byte[] one = rig.page(7);
      byte[] other = one.clone();
      ByteBuffer words = ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN);
      int sum = PageHash.SUMS * Long.BYTES;
      long first = words.getLong(0);
      long before = rounded(PageHash.PRIME_1, first);
      long after = rounded(PageHash.PRIME_1, first + 1);
      words.putLong(0, first + 1);
      words.putLong(sum, words.getLong(sum) + (before - after) * inverse(PageHash.PRIME_2));
      assertThat(hash(other)).isEqualTo(hash(one));

      rig.store.put(rig.swap, 1, 0, one, 0);
      rig.store.put(rig.swap, 1, 1, other, 0);
      assertThat(stats(rig).mismatches()).isEqualTo(1);
      rig.store.put(rig.swap, 1, 2, other, 0);
      rig.store.put(rig.swap, 1, 3, one, 0);
      assertThat(stats(rig).mismatches()).isEqualTo(2);
      assertThat(stats(rig).sharedPages()).isEqualTo(2);
      byte[][] expected = {one, other, other, one};
      for (int i = 0; i < expected.length; i++) {
        byte[] got = new byte[rig.pageBytes];
        assertThat(rig.store.get(rig.swap, 1, i, got, 0)).isTrue();
        assertThat(got).as("page %d", i).isEqualTo(expected[i]);
      }
    }
  }

  private static long hash(byte[] page) {
    return PageHash.of(ByteBuffer.wrap(page), page.length);
  }

  private static long rounded(long sum, long word) {
    return Long.rotateLeft(sum + word * PageHash.PRIME_2, 31) * PageHash.PRIME_1;
  }

  /** The number that gives 1 when multiplied by an odd one, by Newton's way. */
  private static long inverse(long odd) {
    long inverse = odd;
    for (int i = 0; i < 6; i++) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }

  @Test
  void withoutRoomForTheContentTheSecondPageIsStoredOrRefusedAsAnyOther() {
    try (StoreRig rig = builder(Deduplication.POOL).slots(1).open()) {
      putEqual(rig, 1, 7);
      assertThat(rig.put(rig.swap, 1, 1, 7)).isFalse();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(7);
      assertThat(stats(rig).contents()).isZero();
      rig.writeback.demote(0, true);
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
    }
  }

  @Test
  void withoutMemoryForItsTablesPagesAreStoredAsEver() {
    int sharing = 0;
    int alone = 0;
    for (int budgetBytes = 40_000; budgetBytes < 80_000; budgetBytes += 1_000) {
      StoreRig.Builder tight = builder(Deduplication.POOL).budgetBytes(budgetBytes);
      try (StoreRig rig = tight.open()) {
        for (int i = 0; i < 3; i++) {
          assertThat(rig.put(rig.swap, 1, i, 7)).isEqualTo(rig.get(rig.swap, 1, i) == 7);
        }
        assertThat(rig.budget.usedBytes()).isLessThanOrEqualTo(budgetBytes);
        sharing += stats(rig).contents() > 0 ? 1 : 0;
        alone += rig.top().liveZpages() == 3 ? 1 : 0;
      }
    }
    assertThat(sharing).as("stores with memory enough").isPositive();
    assertThat(alone).as("stores in which pages do not share").isPositive();
  }

  @Test
  void damageOfAContentNamesThePageThatSharesIt() {
    try (StoreRig rig = open()) {
      putEqual(rig, 2, 7);
      long locator = rig.top().liveLocators().get(0);
      rig.top().flipBit(locator, 300);
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 1))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("page 1 of object 1 in pool " + rig.swap.id());
      assertThatThrownBy(() -> rig.take(rig.swap, 1, 0)).isInstanceOf(CorruptPageException.class);
      // A put that meets the damage stores its page and shares no more with it.
      rig.put(rig.swap, 1, 1, 7);
      assertThat(stats(rig).mismatches()).isEqualTo(1);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
      rig.store.flush(rig.swap, 1, 0);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
    }
  }

  @Test
  void aTierBelowThatFailsNamesThePageThatShares() {
    try (StoreRig rig = open()) {
      putEqual(rig, 2, 7);
      rig.writeback.demote(0, true);
      rig.below().faults.failReads(true);
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 1))
          .isInstanceOf(TierFailureException.class)
          .hasMessageContaining("page 1 of object 1 in pool " + rig.swap.id());
      rig.below().faults.failReads(false);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
    }
  }

  // ---- what may come between ----

  @Test
  void theFirstPageIsOverwrittenWhileItIsCompared() {
    try (StoreRig rig = open()) {
      putEqual(rig, 1, 7);
      rig.top().faults.onceAfterRead(() -> rig.put(rig.swap, 1, 0, 8));
      rig.put(rig.swap, 1, 1, 7);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(8);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
      StoreOracle.check(rig);
      rig.store.flushObject(rig.swap, 1);
      assertThat(rig.top().liveZpages()).isZero();
    }
  }

  /** The place is given out again to an equal entry: only the generation tells. */
  @Test
  void theFirstPageIsReplacedByAnotherAtTheSamePlace() {
    StoreRig.Builder builder = builder(Deduplication.POOL);
    builder.topKind(HeapTier.Kind.REUSES_LOCATORS);
    try (StoreRig rig = builder.open()) {
      putEqual(rig, 1, 7);
      long generation = rig.store.stats().generation();
      rig.top()
          .faults
          .onceAfterRead(
              () -> {
                rig.store.flush(rig.swap, 1, 0);
                // As many generations as the stamp of an entry can tell apart.
                long behind = rig.store.stats().generation() - generation;
                for (long i = behind; i < Entry.STAMPS - 1; i++) {
                  rig.put(rig.cache, 1, 0, i);
                }
                rig.store.flush(rig.cache, 1, 0);
                rig.put(rig.swap, 1, 0, 8);
              });
      rig.put(rig.swap, 1, 1, 7);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(8);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
    }
  }

  @Test
  void theLastReferenceGoesWhileAnotherPageIsAboutToShare() {
    try (StoreRig rig = open()) {
      putEqual(rig, 2, 7);
      rig.top().faults.onceBeforeRead(() -> rig.store.flushObject(rig.swap, 1));
      rig.put(rig.swap, 2, 0, 7);
      // The reference came before the comparison, so the content could not go.
      assertThat(rig.get(rig.swap, 2, 0)).isEqualTo(7);
      assertThat(stats(rig).sharedPages()).isEqualTo(1);
      rig.store.flush(rig.swap, 2, 0);
      assertThat(rig.top().liveZpages()).isZero();
    }
  }

  @Test
  void thePageChangesWhileItsContentIsRead() {
    try (StoreRig rig = open()) {
      putEqual(rig, 2, 7);
      rig.top().faults.onceAfterRead(() -> rig.put(rig.swap, 1, 0, 8));
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(8);
      rig.top().faults.onceAfterRead(() -> rig.store.flush(rig.swap, 1, 1));
      assertThat(rig.take(rig.swap, 1, 1)).isEqualTo(-1);
      assertThat(stats(rig).contents()).isZero();
    }
  }

  @Test
  void theContentGoesAndItsSlotIsTakenAgainBeforeItIsRead() {
    try (StoreRig rig = open()) {
      putEqual(rig, 2, 7);
      rig.top()
          .faults
          .onceBeforeRead(
              () -> {
                rig.put(rig.swap, 1, 0, 8);
                rig.put(rig.swap, 1, 1, 8);
              });
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(8);
      assertThat(stats(rig).contents()).isEqualTo(1);
    }
  }

  @Test
  void aPageOnItsWayDownMayShareAllTheSame() {
    try (StoreRig rig = open()) {
      putEqual(rig, 1, 7);
      var round = rig.writeback.collect(0, true);
      rig.put(rig.swap, 1, 1, 7);
      assertThat(stats(rig).sharedPages()).isEqualTo(2);
      rig.writeback.write(round);
      rig.writeback.commit(round);
      assertThat(rig.below().liveZpages()).isZero();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(7);
    }
  }

  @Test
  void roomIsRefusedForTheContentOnly() {
    try (StoreRig rig = open()) {
      putEqual(rig, 1, 7);
      rig.top().faults.onceBeforeStore(() -> rig.top().faults.refuse(StoreIntent.PUT));
      rig.top().faults.onRefusal(() -> rig.top().faults.refuse());
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      assertThat(stats(rig).contents()).isZero();
      assertThat(rig.top().liveZpages()).isEqualTo(2);
    }
  }
}
