// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Regions that are taken while spare ones go back to the system. */
class FreeRegionsTest {
  private static final int REGION_BYTES = 1 << 16;
  private static final int TURNS = 50_000;

  // Forbidden: a taker gets the region that is on its way back, or one that does not exist.
  @Test
  void theLastRegionIsNotTakenWhileItIsGivenBack() throws Exception {
    try (OffHeapMemory memory = new OffHeapMemory(REGION_BYTES, false)) {
      MemoryBudget budget = new MemoryBudget(REGION_BYTES);
      FreeRegions regions = new FreeRegions(1, REGION_BYTES, 0, memory, budget);
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<Void> giver =
          CompletableFuture.runAsync(
              () -> {
                while (!done.get()) {
                  regions.release(REGION_BYTES);
                }
              });
      try {
        for (int turn = 0; turn < TURNS; turn++) {
          int region = regions.take(StoreIntent.RECLAIM);
          assertThat(region).isIn(0, FreeRegions.NONE);
          if (region == 0) {
            regions.put(region);
          }
        }
      } finally {
        done.set(true);
        giver.get(1, TimeUnit.MINUTES);
      }
      regions.close();
      assertThat(budget.usedBytes()).isZero();
    }
  }
}
