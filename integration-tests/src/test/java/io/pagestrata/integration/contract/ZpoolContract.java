// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every {@link Zpool} must do. */
@ExtendWith(SeededRandom.class)
abstract class ZpoolContract {
  static final long LIMIT_BYTES = 8L << 20;
  private static final int MOST_STEPS = 100_000;
  private static final ZpageVisitor LEAVE = (memory, offset, bytes, locator, backing) -> {};

  private final ZpoolKind kind;
  private long mappedBefore;
  ZpoolStore store;
  Zpool pool;

  ZpoolContract(ZpoolKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  final void open() {
    mappedBefore = OffHeapMemory.mappedBytes();
    store = new ZpoolStore(kind, LIMIT_BYTES);
    pool = store.pool;
  }

  @AfterEach
  final void close() {
    store.close();
    assertThat(store.budget.usedBytes()).as("charge after close").isZero();
    assertThat(OffHeapMemory.mappedBytes()).as("mapped after close").isEqualTo(mappedBefore);
  }

  /** Whether the memory of what left a shown region comes back with its settle, not before. */
  boolean freesOnSettle() {
    return true;
  }

  static int mixed(int index) {
    return index % 10 == 0 ? Zpages.PAGE_BYTES : 300 + index * 37 % 2300;
  }

  @Test
  void everySizeComesBackWholeWithItsBacking() {
    long largest = (1L << Tier.LOCATOR_BITS) - 1;
    List<Long> backings = List.of(0L, UpperTier.NO_BACKING, largest, 5L);
    List<Integer> sizes = new ArrayList<>();
    for (int bytes = 1; bytes <= Zpages.PAGE_BYTES; bytes += bytes < 100 ? 1 : 61) {
      sizes.add(bytes);
    }
    sizes.add(Zpages.PAGE_BYTES);
    for (int i = 0; i < sizes.size(); i++) {
      long backing = backings.get(i % backings.size());
      assertThat(store.put(i, sizes.get(i), backing, StoreIntent.PUT)).isTrue();
    }
    for (int i = 0; i < sizes.size(); i++) {
      assertThat(store.holds(i)).as("page %d", i).isTrue();
      assertThat(pool.backing(store.locator(i))).isEqualTo(backings.get(i % backings.size()));
    }
    Set<Integer> shown = new HashSet<>();
    while (pool.showColdest(
            (memory, offset, bytes, locator, backing) -> {
              int index = ZpageHeader.index(memory, offset);
              assertThat(shown.add(index)).as("page %d shown once", index).isTrue();
              assertThat(locator).isEqualTo(store.locator(index));
              assertThat(bytes).isEqualTo(ZpageHeader.BYTES + sizes.get(index));
              assertThat(backing).isEqualTo(backings.get(index % backings.size()));
            },
            Long.MAX_VALUE)
        != UpperTier.NOTHING) {
      // One region more.
    }
    assertThat(shown).as("pages shown").hasSize(sizes.size());
  }

  @Test
  void locatorsAreDistinctFitTheEntryAndHaveWords() {
    Set<Long> locators = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      assertThat(store.put(i, mixed(i))).isTrue();
      assertThat(store.locator(i)).isBetween(0L, (1L << Tier.LOCATOR_BITS) - 1);
      assertThat(locators.add(store.locator(i))).as("locator given twice").isTrue();
      assertThat(pool.describe(store.locator(i))).isNotBlank();
    }
  }

  // Cleaning below asks while it reads; the zpage may be freed between the two.
  @Test
  void theBackingOfAZpageFreedUnderItsReaderCanBeAskedFor() {
    store.put(0, 1000, 17, StoreIntent.PUT);
    long locator = store.locator(0);
    int answer =
        pool.read(
            locator,
            (memory, offset, available) -> {
              store.remove(0);
              return pool.backing(locator) == 18 ? 0 : 1;
            });
    assertThat(answer).isEqualTo(1);
    assertThat(pool.stats().zpages()).isZero();
  }

  @Test
  void aSecondFreeIsFoundOut() {
    store.put(0, 1000);
    long locator = store.locator(0);
    store.remove(0);
    assertThatThrownBy(() -> pool.free(locator)).isInstanceOf(IllegalStateException.class);
    assertThat(pool.stats().zpages()).isZero();
    assertThat(store.put(1, 1000)).isTrue();
    store.assertEveryPageIsWhole();
  }

  @Test
  void anyNumberMayBeAskedFor(Random random) {
    store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    for (long number : List.of(-1L, 0L, Long.MAX_VALUE, Long.MIN_VALUE, (1L << 48) - 1, 1L << 47)) {
      readAnything(number);
    }
    for (int i = 0; i < 10_000; i++) {
      readAnything(random.nextLong() >>> random.nextInt(64));
    }
    store.assertEveryPageIsWhole();
  }

  /** Whatever is answered, what is shown can be read. */
  private void readAnything(long number) {
    pool.read(
        number,
        (memory, offset, available) -> memory.get(offset) + memory.get(offset + available - 1) & 1);
  }

  @Test
  void whatIsReadStaysStillThoughItIsFreedAndThePoolFilledAnew() {
    int last = store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    int read = last / 2;
    int answer =
        pool.read(
            store.locator(read),
            (memory, offset, available) -> {
              int bytes = ZpageHeader.zpageBytes(memory, offset);
              byte[] before = new byte[bytes];
              memory.get(offset, before);
              for (int i = 0; i < last; i++) {
                store.remove(i);
              }
              while (pool.compact() > 0) {
                // Until nothing moves.
              }
              store.fill(last, ZpoolContract::mixed, StoreIntent.RECLAIM);
              byte[] after = new byte[bytes];
              memory.get(offset, after);
              assertThat(after).isEqualTo(before);
              return 7;
            });
    assertThat(answer).isEqualTo(7);
    store.assertEveryPageIsWhole();
    store.evictAll();
    assertThat(pool.stats().zpages()).isZero();
  }

  @Test
  void nothingOfAShownRegionIsReusedBeforeItIsSettled() {
    store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    Set<Long> shown = new HashSet<>();
    List<Long> regions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      regions.add(
          pool.showColdest(
              (memory, offset, bytes, locator, backing) -> {
                shown.add(locator);
                store.drop(memory, offset, bytes, locator, backing);
              },
              Long.MAX_VALUE));
    }
    assertThat(regions).doesNotHaveDuplicates();
    int next = store.fill(1_000_000, ZpoolContract::mixed, StoreIntent.RECLAIM);
    for (int i = 1_000_000; i < next; i++) {
      assertThat(shown).doesNotContain(store.locator(i));
    }
    long full = pool.usedBytes();
    regions.stream().filter(region -> region != UpperTier.NOTHING).forEach(pool::settle);
    if (freesOnSettle()) {
      assertThat(pool.usedBytes()).as("settled regions are free").isLessThan(full);
    }
    store.evictAll();
    assertThat(pool.stats().zpages()).as("zpages after everything was evicted").isZero();
    assertThat(store.fill(0, ZpoolContract::mixed, StoreIntent.PUT)).isPositive();
    store.assertEveryPageIsWhole();
  }

  @Test
  void aSettledRegionIsShownAgainAndALateSettleDoesNothing() {
    for (int i = 0; i < 200; i++) {
      store.put(i, mixed(i));
    }
    List<Long> regions = showAll(LEAVE);
    assertThat(regions).isNotEmpty().doesNotHaveDuplicates();
    pool.settle(regions.get(0));
    assertThat(showAll(LEAVE)).containsExactly(regions.get(0));
    regions.forEach(pool::settle);
    regions.forEach(pool::settle);
    assertThat(showAll(LEAVE)).containsExactlyInAnyOrderElementsOf(regions);
    regions.forEach(pool::settle);
    store.evictAll();
    assertThat(pool.stats().zpages()).isZero();
    regions.forEach(pool::settle);
    store.put(0, 2000);
    store.assertEveryPageIsWhole();
    assertThat(store.budget.usedBytes()).isGreaterThanOrEqualTo(pool.usedBytes());
  }

  @Test
  void aCondemnedRegionStaysReadableUnseen() {
    for (int i = 0; i < 300; i++) {
      store.put(i, mixed(i));
    }
    Set<Integer> condemned = new HashSet<>();
    long region = pool.showColdest(noting(condemned), Long.MAX_VALUE);
    pool.condemn(region);
    pool.settle(region);
    assertThat(pool.stats().damagedRegions()).isEqualTo(1);
    Set<Integer> others = new HashSet<>();
    showAll(noting(others)).forEach(pool::settle);
    assertThat(others).isNotEmpty().doesNotContainAnyElementsOf(condemned);
    store.assertEveryPageIsWhole();
    condemned.forEach(store::remove);
    store.evictAll();
    assertThat(pool.stats().zpages()).isZero();
    assertThat(pool.stats().zpageBytes()).isZero();
  }

  @Test
  void aVisitorThatFailsLeavesItsRegionEligible() {
    for (int i = 0; i < 50; i++) {
      store.put(i, mixed(i));
    }
    assertThatThrownBy(
            () ->
                pool.showColdest(
                    (memory, offset, bytes, locator, backing) -> {
                      throw new IllegalStateException("visitor");
                    },
                    Long.MAX_VALUE))
        .hasMessage("visitor");
    store.evictAll();
    assertThat(store.host.pages()).isEmpty();
  }

  @Test
  void aVisitorMayStoreAndFree() {
    int last = store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    for (int i = 0; i < 10; i++) {
      long region =
          pool.showColdest(
              (memory, offset, bytes, locator, backing) -> {
                int index = ZpageHeader.index(memory, offset);
                store.put(index, bytes - ZpageHeader.BYTES, backing, StoreIntent.RECLAIM);
              },
              Long.MAX_VALUE);
      pool.settle(region);
    }
    assertThat(store.host.pages()).hasSize(last);
    store.assertEveryPageIsWhole();
  }

  @Test
  void aSecondChanceIsNeitherOldNorYoung() {
    for (int i = 0; i < 1000; i++) {
      store.put(i, 1000);
    }
    for (int i = 2000; i < 2010; i++) {
      store.put(i, 1000, UpperTier.NO_BACKING, StoreIntent.RECLAIM);
    }
    List<Integer> order = new ArrayList<>();
    showAll((memory, offset, bytes, locator, b) -> order.add(ZpageHeader.index(memory, offset)));
    assertThat(order).hasSize(1010);
    assertThat(order.subList(0, 100)).as("old").allMatch(index -> index < 1000);
  }

  @Test
  void theColdestComeFirst() {
    int pages = 1500;
    for (int i = 0; i < pages; i++) {
      assertThat(store.put(i, 500 + i % 3 * 600)).isTrue();
    }
    List<Integer> order = new ArrayList<>();
    showAll((memory, offset, bytes, locator, b) -> order.add(ZpageHeader.index(memory, offset)));
    assertThat(order).hasSize(pages);
    for (int tenth = 0; tenth < 10; tenth++) {
      double mean =
          order.subList(tenth * pages / 10, (tenth + 1) * pages / 10).stream()
              .mapToInt(Integer::intValue)
              .average()
              .orElseThrow();
      assertThat(mean / pages)
          .as("age of tenth %d", tenth)
          .isBetween(tenth / 10.0 - 0.2, tenth / 10.0 + 0.3);
    }
  }

  @Test
  void onlyWhatIsUntouchedLongEnoughIsShown() {
    for (int i = 0; i < 300; i++) {
      store.put(i, mixed(i));
    }
    long later = store.nanos.addAndGet(1000);
    for (int i = 300; i < 600; i++) {
      store.put(i, mixed(i));
    }
    Set<Integer> shown = new HashSet<>();
    while (pool.showColdest(noting(shown), later) != UpperTier.NOTHING) {
      // One region more.
    }
    assertThat(shown).isNotEmpty().allMatch(index -> index < 300);
  }

  @Test
  void deeperIntentsMayUseMoreOfTheReserve() {
    store.fill(0, index -> 4000, StoreIntent.PROMOTION);
    long promoted = pool.usedBytes();
    store.fill(1_000_000, index -> 4000, StoreIntent.PUT);
    long put = pool.usedBytes();
    store.fill(2_000_000, index -> 4000, StoreIntent.RECLAIM);
    assertThat(promoted).isLessThan(put);
    assertThat(put).isLessThan(pool.usedBytes()).isLessThanOrEqualTo(pool.putLimitBytes());
    assertThat(pool.usedBytes()).isLessThanOrEqualTo(pool.limitBytes());
    assertThat(pool.stats().full()).isTrue();
    assertThat(store.budget.usedBytes()).isBetween(pool.usedBytes(), LIMIT_BYTES);
  }

  @Test
  void evictionFreesWhatItEvicts() {
    int last = store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    long usedBefore = pool.usedBytes();
    long[] evicted = new long[1];
    while (pool.usedBytes() > usedBefore / 2) {
      long region =
          pool.showColdest(
              (memory, offset, bytes, locator, backing) -> {
                evicted[0] += bytes;
                store.drop(memory, offset, bytes, locator, backing);
              },
              Long.MAX_VALUE);
      assertThat(region).isNotEqualTo(UpperTier.NOTHING);
      pool.settle(region);
    }
    assertThat((double) (usedBefore - pool.usedBytes()) / evicted[0])
        .as("memory freed per byte of zpage evicted")
        .isGreaterThanOrEqualTo(0.95);
    assertThat(store.fill(last, ZpoolContract::mixed, StoreIntent.PUT) - last)
        .as("pages that fit again")
        .isGreaterThan(last * 2 / 5);
    store.assertEveryPageIsWhole();
  }

  @Test
  void compactionKeepsTheLivingAndEnds(Random random) {
    int last = store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    for (int i = 0; i < last; i++) {
      if (random.nextInt(10) < 7) {
        store.remove(i);
      }
    }
    long used = pool.usedBytes();
    boolean promised = pool.isMakingRoom();
    int steps = 0;
    while (pool.compact() > 0) {
      assertThat(++steps).as("steps of compaction").isLessThan(MOST_STEPS);
    }
    assertThat(pool.usedBytes() < used).as("room made, as it said").isEqualTo(promised);
    assertThat(pool.isMakingRoom()).as("room promised with nothing left to do").isFalse();
    assertThat(pool.stats().zpages()).isEqualTo(store.host.pages().size());
    store.assertEveryPageIsWhole();
    store.evictAll();
    assertThat(pool.stats().zpageBytes()).isZero();
    assertThat(pool.liveBytes()).isZero();
  }

  @Test
  void countersAddUp() {
    long bytes = 0;
    for (int i = 0; i < 1000; i++) {
      store.put(i, mixed(i));
      bytes += ZpageHeader.BYTES + mixed(i);
    }
    for (int i = 0; i < 1000; i += 3) {
      store.remove(i);
      bytes -= ZpageHeader.BYTES + mixed(i);
    }
    assertThat(pool.stats().zpages()).isEqualTo(store.host.pages().size());
    assertThat(pool.stats().storedZpages()).isEqualTo(1000);
    assertThat(pool.stats().zpageBytes()).isEqualTo(pool.liveBytes()).isGreaterThanOrEqualTo(bytes);
    assertThat(pool.stats().full()).isFalse();
    assertThat(pool.usedBytes()).isBetween(pool.liveBytes(), pool.limitBytes());
  }

  @Test
  void theLevelIsWorthALookOftenEnough() {
    long seen = 0;
    for (int i = 0; pool.usedBytes() < pool.putLimitBytes() * 3 / 4; i++) {
      assertThat(store.put(i, mixed(i))).isTrue();
      if (pool.tookMemory(store.locator(i))) {
        seen = pool.usedBytes();
      }
      assertThat(pool.usedBytes() - seen).as("growth unseen").isLessThan(LIMIT_BYTES / 50);
    }
  }

  // The page table grows: the pool gives what is free, its limit sinks, and after eviction the rest
  // of the memory is really there for others.
  @Test
  void memoryIsReturnedWhenOthersNeedIt() {
    store.budget.onShortage(pool::releaseSpare);
    int last = store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    long limit = pool.limitBytes();
    long others = 0;
    while (pool.usedBytes() > limit / 2) {
      assertThat(store.evictOnce()).isNotEqualTo(UpperTier.NOTHING);
      while (store.budget.tryCharge(4096)) {
        others += 4096;
      }
      assertThat(store.budget.usedBytes()).isLessThanOrEqualTo(LIMIT_BYTES);
    }
    assertThat(others).as("memory returned").isGreaterThan(limit / 3);
    assertThat(pool.limitBytes()).isLessThanOrEqualTo(limit - others + 4096);
    store.assertEveryPageIsWhole();
    store.budget.release(others);
    assertThat(store.fill(last, ZpoolContract::mixed, StoreIntent.PUT))
        .isGreaterThan(last + last / 4);
    store.assertEveryPageIsWhole();
  }

  @Test
  void givenBackMemoryIsUsableAgain() {
    for (int round = 0; round < 3; round++) {
      store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
      store.assertEveryPageIsWhole();
      store.evictAll();
      pool.releaseSpare(Long.MAX_VALUE);
      assertThat(store.budget.usedBytes()).isLessThan(LIMIT_BYTES / 8);
    }
  }

  @Test
  void afterCloseNothingIsShownAndNothingTaken() {
    store.put(0, 1000, 17, StoreIntent.PUT);
    long locator = store.locator(0);
    store.close();
    assertThat(pool.read(locator, (memory, offset, available) -> 1)).isEqualTo(Tier.GONE);
    ByteBuffer zpage = Zpages.make(0, 1, 1, 100);
    assertThat(pool.store(zpage, 0, zpage.capacity(), UpperTier.NO_BACKING, StoreIntent.RECLAIM))
        .isEqualTo(UpperTier.NO_SPACE);
    assertThat(pool.showColdest(LEAVE, Long.MAX_VALUE)).isEqualTo(UpperTier.NOTHING);
    assertThat(pool.compact()).isZero();
    assertThat(pool.backing(locator)).isEqualTo(UpperTier.NO_BACKING);
    assertThat(pool.stats().zpages()).isZero();
    pool.free(locator);
    pool.close();
  }

  private List<Long> showAll(ZpageVisitor visitor) {
    List<Long> regions = new ArrayList<>();
    long region;
    while ((region = pool.showColdest(visitor, Long.MAX_VALUE)) != UpperTier.NOTHING) {
      regions.add(region);
    }
    return regions;
  }

  private static ZpageVisitor noting(Set<Integer> shown) {
    return (memory, offset, bytes, locator, backing) ->
        shown.add(ZpageHeader.index(memory, offset));
  }
}
