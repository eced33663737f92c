// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import org.junit.jupiter.api.Test;

/**
 * The {@code chronicle} zpool keeps the contract of zpools, but for memory: it takes its share at
 * the start and gives nothing back.
 */
class ChronicleZpoolTest extends ZpoolContract {
  ChronicleZpoolTest() {
    super(ZpoolKind.CHRONICLE);
  }

  /** Its values are freed one by one; only their locators wait. */
  @Override
  boolean freesOnSettle() {
    return false;
  }

  @Override
  @Test
  void memoryIsReturnedWhenOthersNeedIt() {
    store.budget.onShortage(pool::releaseSpare);
    long charged = store.budget.usedBytes();
    int last = store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    assertThat(store.budget.usedBytes()).as("charge of a full pool").isEqualTo(charged);
    assertThat(store.budget.tryCharge(LIMIT_BYTES / 8)).as("room for the page table").isTrue();
    assertThat(store.budget.tryCharge(LIMIT_BYTES / 8)).as("room that the pool has").isFalse();
    store.budget.release(LIMIT_BYTES / 8);
    assertThat(last).isPositive();
    store.assertEveryPageIsWhole();
  }

  @Override
  @Test
  void givenBackMemoryIsUsableAgain() {
    int first = store.fill(0, ZpoolContract::mixed, StoreIntent.PUT);
    for (int round = 0; round < 3; round++) {
      store.assertEveryPageIsWhole();
      store.evictAll();
      assertThat(pool.releaseSpare(Long.MAX_VALUE)).isZero();
      assertThat(store.fill(0, ZpoolContract::mixed, StoreIntent.PUT))
          .isGreaterThan(first * 9 / 10);
    }
  }
}
