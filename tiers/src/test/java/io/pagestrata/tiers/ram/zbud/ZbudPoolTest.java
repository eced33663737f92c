// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How zpages are paired, and what a frame gives back. */
class ZbudPoolTest {
  private static final int PAGE_BYTES = 4096;
  private static final long POOL_BYTES = 4 << 20;
  private static final long TABLE_BYTES = new FrameLayout(POOL_BYTES, PAGE_BYTES).tableBytes();

  private final MemoryBudget budget = new MemoryBudget(POOL_BYTES);
  private final ZbudPool pool =
      new ZbudPool(POOL_BYTES, PAGE_BYTES, false, EvictionPolicy.SECOND_CHANCE, budget, () -> 0);

  @BeforeEach
  void attach() {
    pool.attach(
        new TierHost() {
          @Override
          public boolean isLive(ByteBuffer memory, int offset, long locator) {
            return false;
          }

          @Override
          public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
            return false;
          }

          @Override
          public void underPressure() {
            // Nobody makes room here.
          }

          @Override
          public void spaceFreed() {
            // Nobody waits here.
          }
        });
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private long store(int bytes) {
    return store(bytes, UpperTier.NO_BACKING);
  }

  private long store(int bytes, long backing) {
    ByteBuffer zpage = ByteBuffer.allocateDirect(bytes);
    ZpageHeader.write(zpage, 0, 1, 1, 1, 1, 1, 0, 12, bytes - ZpageHeader.BYTES);
    return pool.store(zpage, 0, bytes, backing, StoreIntent.PUT);
  }

  @Test
  void twoThatFitShareAFrame() {
    store(2048);
    store(2048);
    assertThat(pool.usedBytes()).isEqualTo(PAGE_BYTES);
    store(100);
    assertThat(pool.usedBytes()).as("no third").isEqualTo(2 * PAGE_BYTES);
  }

  @Test
  void theFrameWithTheLeastRoomIsTaken() {
    store(1000);
    store(3500);
    long locator = store(500);
    assertThat(pool.usedBytes()).isEqualTo(2 * PAGE_BYTES);
    assertThat(pool.describe(locator)).isEqualTo("frame 1 last buddy");
  }

  @Test
  void whatDoesNotShrinkSharesItsWideFrame() {
    long wide = store(ZpageHeader.BYTES + PAGE_BYTES, 77);
    assertThat(pool.usedBytes()).isEqualTo(2 * PAGE_BYTES);
    long beside = store(4000);
    assertThat(pool.usedBytes()).isEqualTo(2 * PAGE_BYTES);
    assertThat(pool.backing(wide)).isEqualTo(77);
    assertThat(pool.backing(beside)).isEqualTo(UpperTier.NO_BACKING);
    pool.free(wide);
    pool.free(beside);
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void theRoomOfAFreedBuddyIsFilledOnceNobodyReadsIt() {
    long first = store(2000);
    long last = store(2000);
    pool.read(
        first,
        (memory, offset, available) -> {
          pool.free(first);
          long elsewhere = store(2000);
          assertThat(pool.usedBytes()).as("not under the reader").isEqualTo(2 * PAGE_BYTES);
          pool.free(elsewhere);
          return 0;
        });
    long again = store(2000);
    assertThat(pool.usedBytes()).isEqualTo(PAGE_BYTES);
    assertThat(again).isNotEqualTo(first);
    assertThat(pool.read(first, (memory, offset, available) -> 1)).isEqualTo(Tier.GONE);
    assertThatThrownBy(() -> pool.free(first)).isInstanceOf(IllegalStateException.class);
    pool.free(again);
    pool.free(last);
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void everyFrameShownBecomesFree() {
    while (store(1300) != UpperTier.NO_SPACE) {
      // One more.
    }
    long used = pool.usedBytes();
    List<Long> gone = new ArrayList<>();
    for (int frames = 1; frames <= 100; frames++) {
      gone.clear();
      long region = pool.showColdest((m, o, b, locator, k) -> gone.add(locator), Long.MAX_VALUE);
      assertThat(gone).hasSize(2);
      gone.forEach(pool::free);
      pool.settle(region);
      assertThat(used - pool.usedBytes()).isEqualTo((long) frames * PAGE_BYTES);
    }
  }

  @Test
  void spareFramesOfOneSizeMakeRoomForTheOther() {
    List<Long> narrow = fill(3000);
    narrow.forEach(pool::free);
    assertThat(pool.usedBytes()).isZero();
    assertThat(budget.usedBytes()).as("spare frames stay resident").isGreaterThan(POOL_BYTES / 2);
    List<Long> wide = fill(ZpageHeader.BYTES + PAGE_BYTES);
    assertThat(wide.size()).isGreaterThan(narrow.size() * 9 / 20);
    wide.forEach(pool::free);
    assertThat(fill(3000)).hasSameSizeAs(narrow);
  }

  private List<Long> fill(int bytes) {
    List<Long> stored = new ArrayList<>();
    for (long locator = store(bytes); locator != UpperTier.NO_SPACE; locator = store(bytes)) {
      stored.add(locator);
    }
    return stored;
  }

  @Test
  void aFrameAloneIsGivenBack() {
    long kept = store(3000);
    pool.free(store(3000));
    assertThat(budget.usedBytes()).isEqualTo(TABLE_BYTES + 2 * PAGE_BYTES);
    assertThat(pool.releaseSpare(1)).isEqualTo(PAGE_BYTES);
    assertThat(budget.usedBytes()).isEqualTo(TABLE_BYTES + PAGE_BYTES);
    assertThat(pool.read(kept, (memory, offset, available) -> available))
        .isGreaterThanOrEqualTo(3000);
  }

  @Test
  void aPoolTooSmallIsRefused() {
    MemoryBudget little = new MemoryBudget(40_000);
    assertThatThrownBy(
            () ->
                new ZbudPool(
                    40_000, PAGE_BYTES, false, EvictionPolicy.SECOND_CHANCE, little, () -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("40000");
    assertThat(little.usedBytes()).isZero();
  }
}
