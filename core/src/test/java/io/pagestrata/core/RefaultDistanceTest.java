// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.StoreRig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the promotion policy hears: bytes evicted since the page was, and earlier refaults. */
class RefaultDistanceTest {
  private record Asked(long distanceBytes, long capacityBytes, boolean referenced) {}

  private final List<Asked> asked = new ArrayList<>();

  private StoreRig rig() {
    return StoreRig.builder()
        .slots(64)
        .promotion(
            (distance, capacity, referenced) -> {
              asked.add(new Asked(distance, capacity, referenced));
              return false;
            })
        .open();
  }

  private static void evict(StoreRig rig, int from, int count) {
    for (int i = from; i < from + count; i++) {
      rig.put(rig.swap, 1, i, 1);
    }
    rig.writeback.demote(0, true);
  }

  @Test
  void distanceGrowsWithEveryEvictionAndSecondReadsAreKnown() {
    try (StoreRig rig = rig()) {
      evict(rig, 0, 1);
      rig.get(rig.swap, 1, 0);
      rig.get(rig.swap, 1, 0);
      long evictedBytes = rig.store.stats().tiers().get(1).zpageBytes();
      evict(rig, 1, 32);
      rig.get(rig.swap, 1, 0);
      assertThat(asked).hasSize(3);
      assertThat(asked.get(0).referenced()).isFalse();
      assertThat(asked.get(1).referenced()).isTrue();
      assertThat(asked.get(0).capacityBytes()).isEqualTo(rig.top().limitBytes());
      long step = rig.top().limitBytes() / 64;
      assertThat(asked.get(0).distanceBytes()).isLessThanOrEqualTo(evictedBytes + step);
      long all = rig.store.stats().tiers().get(1).zpageBytes();
      assertThat(asked.get(2).distanceBytes()).isBetween(all - evictedBytes - 2 * step, all + step);
    }
  }

  @Test
  void aLimitThatShrinksDoesNotMakeOldStampsMeaningless() {
    try (StoreRig rig = rig()) {
      for (int round = 0; round < 20; round++) {
        evict(rig, round * 10, 10);
      }
      rig.get(rig.swap, 1, 195);
      rig.top().faults.lostLimitBytes = rig.top().limitBytes() / 10;
      rig.get(rig.swap, 1, 195);
      assertThat(asked.get(1).distanceBytes()).isEqualTo(asked.get(0).distanceBytes());
    }
  }
}
