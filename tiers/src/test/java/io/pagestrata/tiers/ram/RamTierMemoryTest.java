// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Memory is taken within the budget, handed to others when they need it, and released on close. */
class RamTierMemoryTest {
  private static final int BLOCKS = 32;
  private static final long TIER_BYTES = (long) BLOCKS * (16 << 10);

  @Test
  void shortageElsewhereReleasesFreeBlocks() {
    try (RamTestStore store = RamTestStore.ofBlocks(BLOCKS)) {
      for (long object = 0; store.put(object, 2000); object++) {}
      while (store.evictOnce() != UpperTier.NOTHING) {}
      assertThat(store.tier.usedBytes()).isZero();
      assertThat(store.budget.usedBytes()).as("free blocks stay resident").isPositive();

      long others = TIER_BYTES / 2;
      assertThat(store.budget.tryCharge(others)).isTrue();
      assertThat(store.pressure.get()).isPositive();
      assertThat(store.tier.limitBytes()).isEqualTo(TIER_BYTES - others);
      for (long object = 0; store.put(object, 2000); object++) {}
      assertThat(store.budget.usedBytes()).isLessThanOrEqualTo(TIER_BYTES);
      store.budget.release(others);
      assertThat(store.put(1_000_000, 2000)).isTrue();
    }
  }

  @Test
  void givenBackMemoryIsUsableAgain() {
    try (RamTestStore store = RamTestStore.ofBlocks(BLOCKS)) {
      for (int round = 0; round < 3; round++) {
        for (long object = 0; store.put(object, 2000); object++) {}
        store.table.keySet().forEach(object -> assertThat(store.holds(object)).isTrue());
        while (store.evictOnce() != UpperTier.NOTHING) {}
        assertThat(store.budget.tryCharge(TIER_BYTES)).isTrue();
        store.budget.release(TIER_BYTES);
      }
    }
  }

  @Test
  void closeReleasesEverythingAtOnce() {
    long before = OffHeapMemory.mappedBytes();
    MemoryBudget budget = new MemoryBudget(TIER_BYTES);
    RamTestStore store = new RamTestStore(RamTestStore.settings(BLOCKS, 1, 0.8), budget);
    assertThat(OffHeapMemory.mappedBytes()).isEqualTo(before + TIER_BYTES);
    assertThat(store.put(1, 100)).isTrue();
    store.close();
    assertThat(OffHeapMemory.mappedBytes()).isEqualTo(before);
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.tryCharge(TIER_BYTES)).isTrue();
    assertThat(budget.tryCharge(1)).isFalse();
  }

  @Test
  void preTouchedTierIsChargedAsAWhole() {
    RamSettings plain = RamTestStore.settings(BLOCKS, 1, 0.8);
    RamSettings touched =
        new RamSettings(
            "ram",
            ZpoolKind.LOG,
            plain.maxBytes(),
            4096,
            plain.blockBytes(),
            1,
            8,
            0.98,
            0.8,
            0.9,
            Eviction.SECOND_CHANCE,
            true);
    try (RamTestStore store = new RamTestStore(touched)) {
      assertThat(store.budget.usedBytes()).isEqualTo(TIER_BYTES);
      assertThat(store.tier.usedBytes()).isZero();
      assertThat(store.put(1, 100)).isTrue();
      assertThat(store.budget.tryCharge(TIER_BYTES / 2)).isTrue();
    }
  }

  @Test
  void pressureIsToldFromTheWatermarkOn() {
    try (RamTestStore store = RamTestStore.ofBlocks(BLOCKS)) {
      ByteBuffer zpage = store.zpage(1, 4000);
      while (store.tier.usedBytes() < store.tier.limitBytes() / 2) {
        store.store(zpage, UpperTier.NO_BACKING, StoreIntent.PUT);
      }
      assertThat(store.pressure.get()).isZero();
      while (store.tier.usedBytes() < store.tier.limitBytes() * 9 / 10) {
        store.store(zpage, UpperTier.NO_BACKING, StoreIntent.PUT);
      }
      assertThat(store.pressure.get()).isPositive();
    }
  }
}
