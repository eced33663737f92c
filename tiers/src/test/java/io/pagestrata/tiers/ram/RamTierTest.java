// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RamTierTest {
  private static final int BLOCKS = 32;
  private final RamTestStore store = RamTestStore.ofBlocks(BLOCKS);
  private final RamTier tier = store.tier;

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void storedZpageIsReadBackWhole() {
    ByteBuffer zpage = store.zpage(1, 1000);
    long locator = store.store(zpage, UpperTier.NO_BACKING, StoreIntent.PUT);
    List<byte[]> seen = new ArrayList<>();
    int answer =
        tier.read(
            locator,
            null,
            (memory, offset, available) -> {
              assertThat(available).isGreaterThanOrEqualTo(RamTestStore.bytes(zpage));
              byte[] copy = new byte[RamTestStore.bytes(zpage)];
              memory.get(offset, copy);
              seen.add(copy);
              return 42;
            });
    byte[] expected = new byte[RamTestStore.bytes(zpage)];
    zpage.get(8, expected);
    assertThat(answer).isEqualTo(42);
    assertThat(seen).containsExactly(expected);
    assertThat(tier.describe(locator)).isEqualTo("block 0 offset 0");
    assertThat(tier.scratchBytes()).isZero();
  }

  @Test
  void recycledBlockIsGone() {
    long locator = fillOneBlock().get(0);
    evictAll();
    assertThat(tier.usedBytes()).isZero();
    assertThat(tier.read(locator, null, (memory, offset, available) -> 1)).isEqualTo(Tier.GONE);
  }

  @Test
  void locatorsOutOfRangeAreGone() {
    long lastBits = (1L << Tier.LOCATOR_BITS) - 1;
    for (long locator : new long[] {-1, 0, lastBits, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(tier.read(locator, null, (memory, offset, available) -> 1)).isEqualTo(Tier.GONE);
    }
  }

  @Test
  void pinnedBlockIsRecycledByTheLastReader() {
    long locator = fillOneBlock().get(0);
    int answer =
        tier.read(
            locator,
            null,
            (memory, offset, available) -> {
              evictAll();
              assertThat(tier.usedBytes()).as("block held by its reader").isPositive();
              return ZpageHeader.isFor(memory, offset, RamTestStore.POOL, 0, 0) ? 1 : 0;
            });
    assertThat(answer).isEqualTo(1);
    assertThat(tier.usedBytes()).isZero();
  }

  @Test
  void sealedBlockWithoutLiveBytesIsRecycledAtOnce() {
    fillOneBlock();
    for (long object = 0; object < 100; object++) {
      store.remove(object);
    }
    // The open block with the overflow zpage is all that is left.
    assertThat(tier.usedBytes()).isEqualTo(tier.limitBytes() / BLOCKS);
    assertThat(store.freed.get()).isPositive();
  }

  @Test
  void backingIsKeptBesideTheZpageAndTheBytesStayTheSame() {
    long largest = (1L << Tier.LOCATOR_BITS) - 1;
    List<Long> backings = List.of(0L, UpperTier.NO_BACKING, largest, UpperTier.NO_BACKING, 5L);
    // Sizes around multiples of 8, so that padding and marks of every kind meet.
    for (int payload = 1; payload < 40; payload++) {
      for (int i = 0; i < backings.size(); i++) {
        long object = payload * 10L + i;
        assertThat(store.put(object, payload, backings.get(i))).isTrue();
        assertThat(tier.backing(store.table.get(object))).isEqualTo(backings.get(i));
      }
    }
    List<Long> shown = new ArrayList<>();
    evictAllShowing(shown);
    assertThat(shown).hasSize(39 * backings.size());
    for (int i = 0; i < shown.size(); i++) {
      assertThat(shown.get(i)).isEqualTo(backings.get(i % backings.size()));
    }
  }

  @Test
  void leftoversOfAnEarlierLifeAreNoTrailers() {
    for (int round = 0; round < 3; round++) {
      for (long object = 0; object < 60; object++) {
        long backing = round % 2 == 0 ? 1234 : UpperTier.NO_BACKING;
        assertThat(store.put(object, 1 + (int) object * 5, backing)).isTrue();
        assertThat(tier.backing(store.table.get(object))).isEqualTo(backing);
      }
      List<Long> shown = new ArrayList<>();
      evictAllShowing(shown);
      assertThat(shown).hasSize(60).containsOnly(round % 2 == 0 ? 1234 : UpperTier.NO_BACKING);
    }
  }

  @Test
  void deeperIntentsMayUseMoreOfTheReserve() {
    fillWith(StoreIntent.PROMOTION);
    long promoted = tier.usedBytes();
    fillWith(StoreIntent.PUT);
    long put = tier.usedBytes();
    fillWith(StoreIntent.RECLAIM);
    assertThat(promoted).isLessThan(put);
    assertThat(put).isLessThan(tier.limitBytes());
    assertThat(tier.usedBytes()).isEqualTo(tier.limitBytes());
    assertThat(tier.stats().state()).isEqualTo(TierState.FULL);
    assertThat(tier.stats().refusals()).isEqualTo(3);
    assertThat(store.pressure.get()).isPositive();
  }

  @Test
  void unpublishedZpageSurvivesTheWalk() {
    long locator = store.store(store.zpage(1000, 500), UpperTier.NO_BACKING, StoreIntent.PUT);
    fillOneBlock();
    evictAll();
    store.publish(1000, locator);
    assertThat(store.holds(1000)).isTrue();
    evictAll();
    assertThat(tier.usedBytes()).isZero();
  }

  @Test
  void shownBlockComesAgainOnlyAfterSettle() {
    fillOneBlock();
    List<Long> shown = new ArrayList<>();
    long first = tier.reclaim((m, o, b, locator, backing) -> shown.add(locator), Long.MAX_VALUE);
    int inFirst = shown.size();
    long open = tier.reclaim((m, o, b, locator, backing) -> shown.add(locator), Long.MAX_VALUE);
    assertThat(open).isNotEqualTo(first).isNotNegative();
    assertThat(tier.reclaim((m, o, b, l, k) -> {}, Long.MAX_VALUE)).isEqualTo(UpperTier.NOTHING);
    tier.settle(first);
    List<Long> again = new ArrayList<>();
    assertThat(tier.reclaim((m, o, b, locator, backing) -> again.add(locator), Long.MAX_VALUE))
        .isEqualTo(first);
    assertThat(again).isEqualTo(shown.subList(0, inFirst));
  }

  @Test
  void shownBlockIsNotReusedBeforeSettleEvenWhenEmpty() {
    fillOneBlock();
    long used = tier.usedBytes();
    long region = tier.reclaim(store::drop, Long.MAX_VALUE);
    assertThat(tier.usedBytes()).isEqualTo(used);
    tier.settle(region);
    assertThat(tier.usedBytes()).isLessThan(used);
  }

  @Test
  void lateSettleDoesNotTouchTheNextLifeOfABlock() {
    fillOneBlock();
    long stale = tier.reclaim(store::drop, Long.MAX_VALUE);
    tier.settle(stale);
    fillOneBlock();
    List<Long> regions = new ArrayList<>();
    long region;
    while ((region = tier.reclaim((m, o, b, l, k) -> {}, Long.MAX_VALUE)) != UpperTier.NOTHING) {
      regions.add(region);
    }
    assertThat(regions).anyMatch(now -> now % BLOCKS == stale % BLOCKS).doesNotContain(stale);
    tier.settle(stale);
    assertThat(tier.reclaim((m, o, b, l, k) -> {}, Long.MAX_VALUE)).isEqualTo(UpperTier.NOTHING);
  }

  @Test
  void onlyBlocksUntouchedLongEnoughQualify() {
    fillOneBlock();
    long written = store.nanos.addAndGet(1000);
    assertThat(store.put(5000, 100)).isTrue();
    List<Long> shown = new ArrayList<>();
    while (tier.reclaim((m, o, b, l, k) -> shown.add(l), written) != UpperTier.NOTHING) {}
    assertThat(shown).isNotEmpty().doesNotContain(store.table.get(5000L));
    store.nanos.addAndGet(1);
    while (tier.reclaim((m, o, b, l, k) -> shown.add(l), written + 1) != UpperTier.NOTHING) {}
    assertThat(shown).contains(store.table.get(5000L));
  }

  @Test
  void failingVisitorLeavesTheBlockEligible() {
    fillOneBlock();
    assertThatThrownBy(
            () ->
                tier.reclaim(
                    (m, o, b, l, k) -> {
                      throw new IllegalStateException("visitor");
                    },
                    Long.MAX_VALUE))
        .hasMessage("visitor");
    evictAll();
    assertThat(tier.usedBytes()).isZero();
  }

  @Test
  void visitorMayStoreAndFree() {
    fillOneBlock();
    int before = store.table.size();
    tier.reclaim(
        (memory, offset, bytes, locator, backing) -> {
          long to = tier.store(memory, offset, bytes, backing, StoreIntent.RECLAIM);
          store.publish(ZpageHeader.object(memory, offset), to);
        },
        Long.MAX_VALUE);
    assertThat(store.table).hasSize(before);
    store.table.keySet().forEach(object -> assertThat(store.holds(object)).isTrue());
  }

  @Test
  void batchIsStoredWholeOrNotAtAll() {
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(64 << 10), RamTestStore.PAGE_BYTES);
    for (int i = 0; i < 16; i++) {
      assertThat(batch.add(store.zpage(i, 3000), 8, 3032, i)).isTrue();
    }
    assertThat(tier.store(batch)).isEqualTo(TierOutcome.STORED);
    assertThat(tier.stats().zpages()).isEqualTo(16);
    fillWith(StoreIntent.PUT);
    tier.free(batch.toLocator(0));
    long zpages = tier.stats().zpages();
    long zpageBytes = tier.stats().zpageBytes();
    long storedBytes = tier.stats().storedBytes();
    assertThat(tier.store(batch)).isEqualTo(TierOutcome.FULL);
    assertThat(tier.stats().zpages()).isEqualTo(zpages);
    assertThat(tier.stats().zpageBytes()).isEqualTo(zpageBytes);
    assertThat(tier.stats().storedBytes()).isEqualTo(storedBytes);
  }

  @Test
  void freeingTwiceIsFoundOut() {
    long locator = store.store(store.zpage(1, 64), UpperTier.NO_BACKING, StoreIntent.PUT);
    tier.free(locator);
    assertThatThrownBy(() -> tier.free(locator)).hasMessageContaining("freed twice");
  }

  @Test
  void headerChangedByAMemoryErrorHarmsNoOtherZpage() {
    fillOneBlock();
    damage(store.table.get(1L));
    evictAll();
    assertThat(tier.stats().errors()).isEqualTo(1);
    assertThat(store.holds(2)).isTrue();
    // Freed by locator, whatever the header says.
    for (long object = 0; object < 100; object++) {
      store.remove(object);
    }
    assertThat(tier.usedBytes()).isZero();
  }

  private void damage(long locator) {
    tier.read(
        locator,
        null,
        (memory, offset, available) -> {
          memory.putShort(offset + 4, (short) -1);
          return 0;
        });
  }

  @Test
  void closedTierAnswersAsSuch() {
    long locator = fillOneBlock().get(0);
    tier.close();
    tier.close();
    assertThat(tier.read(locator, null, (memory, offset, available) -> 1)).isEqualTo(Tier.GONE);
    assertThat(store.put(1, 100)).isFalse();
    ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(8 << 10), RamTestStore.PAGE_BYTES);
    batch.add(store.zpage(1, 100), 8, 132, 0);
    assertThat(tier.store(batch)).isEqualTo(TierOutcome.CLOSED);
    tier.free(locator);
    assertThat(tier.backing(locator)).isEqualTo(UpperTier.NO_BACKING);
    assertThat(tier.stats().state()).isEqualTo(TierState.CLOSED);
    assertThat(tier.stats().zpages()).isZero();
    assertThat(tier.usedBytes()).isZero();
    assertThat(store.budget.usedBytes()).isZero();
  }

  @Test
  void largePagesFitAsWell() {
    int pageBytes = 64 << 10;
    RamSettings settings = RamSettings.of("ram", 16 << 20, pageBytes);
    try (RamTestStore large = new RamTestStore(settings, new MemoryBudget(16 << 20))) {
      for (long object = 0; object < 20; object++) {
        assertThat(large.put(object, pageBytes - (int) object, object)).isTrue();
        assertThat(large.tier.backing(large.table.get(object))).isEqualTo(object);
      }
      for (long object = 0; object < 20; object++) {
        assertThat(large.holds(object)).isTrue();
      }
      List<Long> shown = new ArrayList<>();
      while (large.tier.reclaim((m, o, b, l, k) -> shown.add(k), Long.MAX_VALUE)
          != UpperTier.NOTHING) {}
      assertThat(shown).hasSize(20).doesNotHaveDuplicates().contains(0L, 19L);
    }
  }

  @Test
  void sizesThatDoNotFitTogetherAreRefusedInOneSentence() {
    RamSettings odd =
        new RamSettings(
            "ram",
            ZpoolKind.LOG,
            1 << 20,
            4096,
            20_000,
            1,
            8,
            0.98,
            0.8,
            0.9,
            Eviction.SECOND_CHANCE,
            false);
    assertThatThrownBy(() -> new RamTier(odd, new MemoryBudget(1 << 20), () -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("20000");
    RamSettings tiny = RamSettings.of("ram", 8192, 4096);
    assertThatThrownBy(() -> new RamTier(tiny, new MemoryBudget(1 << 20), () -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8192");
  }

  /** Puts objects 0 and up until a block is full and the next one is started. */
  private List<Long> fillOneBlock() {
    List<Long> locators = new ArrayList<>();
    long object = 0;
    do {
      assertThat(store.put(object, 1000)).isTrue();
      locators.add(store.table.get(object++));
    } while (tier.describe(locators.get(0))
        .split(" ")[1]
        .equals(tier.describe(locators.get(locators.size() - 1)).split(" ")[1]));
    return locators;
  }

  private void fillWith(StoreIntent intent) {
    ByteBuffer zpage = store.zpage(1_000_000, 4000);
    while (store.store(zpage, UpperTier.NO_BACKING, intent) != UpperTier.NO_SPACE) {}
  }

  private void evictAll() {
    List<Long> regions = new ArrayList<>();
    long region;
    while ((region = tier.reclaim(store::drop, Long.MAX_VALUE)) != UpperTier.NOTHING) {
      regions.add(region);
    }
    regions.stream().filter(r -> r >= 0).forEach(tier::settle);
  }

  private void evictAllShowing(List<Long> backings) {
    List<Long> regions = new ArrayList<>();
    long region;
    while ((region =
            tier.reclaim(
                (memory, offset, bytes, locator, backing) -> {
                  backings.add(backing);
                  store.drop(memory, offset, bytes, locator, backing);
                },
                Long.MAX_VALUE))
        != UpperTier.NOTHING) {
      regions.add(region);
    }
    regions.stream().filter(r -> r >= 0).forEach(tier::settle);
  }
}
