// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every zpool does as its eviction policy asks. */
class ZpoolEvictionTest {
  private static final long LIMIT_BYTES = ZpoolContract.LIMIT_BYTES;
  private static final ZpageVisitor LEAVE = (memory, offset, bytes, locator, backing) -> {};

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void ofTwoLinesThePolicySaysWhichIsShown(ZpoolKind kind) {
    AtomicBoolean showsKept = new AtomicBoolean();
    try (ZpoolStore apart = new ZpoolStore(kind, LIMIT_BYTES, twoLines(showsKept))) {
      int stored = apart.fill(0, index -> 1000, StoreIntent.PUT) / 2;
      apart.evictAll();
      for (int i = 0; i < stored; i++) {
        StoreIntent intent = i / 200 % 2 == 0 ? StoreIntent.RECLAIM : StoreIntent.PUT;
        assertThat(apart.put(i, 1000, UpperTier.NO_BACKING, intent)).isTrue();
      }
      assertThat(shownFirst(apart)).as("kept zpages shown").isEmpty();
      showsKept.set(true);
      assertThat(shownFirst(apart)).as("kept zpages shown").isNotEmpty();
    }
  }

  /** Drops the region that is shown first, and says which of its zpages were kept ones. */
  private static List<Integer> shownFirst(ZpoolStore apart) {
    List<Integer> kept = new ArrayList<>();
    long region =
        apart.pool.showColdest(
            (memory, offset, bytes, locator, backing) -> {
              int index = ZpageHeader.index(memory, offset);
              if (index / 200 % 2 == 0) {
                kept.add(index);
              }
              apart.drop(memory, offset, bytes, locator, backing);
            },
            Long.MAX_VALUE);
    apart.pool.settle(region);
    return kept;
  }

  private static EvictionPolicy twoLines(AtomicBoolean showsKept) {
    return new EvictionPolicy() {
      @Override
      public boolean keepsTwoLines() {
        return true;
      }

      @Override
      public boolean isKept(StoreIntent intent) {
        return intent == StoreIntent.RECLAIM;
      }

      @Override
      public double rejoinAge() {
        return 1;
      }

      @Override
      public boolean showsKept(long newRegions, long keptRegions) {
        return showsKept.get();
      }
    };
  }

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void aZpageShownAloneKeepsItsPlaceUntilItIsSettled(ZpoolKind kind) {
    try (ZpoolStore store = new ZpoolStore(kind, LIMIT_BYTES)) {
      checkShownAlone(store);
    }
  }

  private static void checkShownAlone(ZpoolStore store) {
    Zpool pool = store.pool;
    for (int i = 0; i < 100; i++) {
      assertThat(store.put(i, ZpoolContract.mixed(i))).isTrue();
    }
    long locator = store.locator(17);
    List<Integer> shown = new ArrayList<>();
    long region =
        pool.showAt(
            locator,
            (memory, offset, bytes, at, backing) -> {
              shown.add(ZpageHeader.index(memory, offset));
              assertThat(at).isEqualTo(locator);
              assertThat(bytes).isEqualTo(ZpageHeader.BYTES + ZpoolContract.mixed(17));
              store.drop(memory, offset, bytes, at, backing);
            });
    assertThat(shown).containsExactly(17);
    assertThat(region).isNotEqualTo(UpperTier.NOTHING);
    int last = store.fill(1000, ZpoolContract::mixed, StoreIntent.PUT);
    for (int i = 1000; i < last; i++) {
      assertThat(store.locator(i)).as("place under a write in flight").isNotEqualTo(locator);
    }
    pool.settle(region);
    assertThat(pool.showAt((1L << Tier.LOCATOR_BITS) - 1, LEAVE)).isEqualTo(UpperTier.NOTHING);
    store.assertEveryPageIsWhole();
    store.evictAll();
    assertThat(pool.stats().zpages()).isZero();
  }

  // Forbidden: a place that stays pinned for ever, and its block with it.
  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void aVisitorThatFailsHoldsNothing(ZpoolKind kind) {
    try (ZpoolStore store = new ZpoolStore(kind, LIMIT_BYTES)) {
      int fitted = store.fill(0, index -> 1000, StoreIntent.PUT);
      IllegalStateException fault = new IllegalStateException("told to fail");
      ZpageVisitor failing =
          (memory, offset, bytes, locator, backing) -> {
            throw fault;
          };
      for (int i = 0; i < fitted; i += 10) {
        long locator = store.locator(i);
        assertThatThrownBy(() -> store.pool.showAt(locator, failing)).isSameAs(fault);
      }
      store.evictAll();
      assertThat(store.fill(fitted, index -> 1000, StoreIntent.PUT) - fitted)
          .as("zpages that fit again")
          .isGreaterThan(fitted / 2);
    }
  }
}
