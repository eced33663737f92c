// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * Fails: nothing, or the lowest tier alone. Succeeds: a range get over pages that are in each tier,
 * in flight, backed, same-filled, absent. Must hold: every page is its own content; a tier that
 * fails fails the range by name of the page.
 */
class H25_rangeOverMixedTiers {
  @Test
  void everyPageOfTheRangeIsItself() {
    StoreRig.Builder three = StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN);
    try (StoreRig rig = three.open()) {
      rig.put(rig.swap, 1, 0, 10);
      rig.writeback.demote(0, true);
      rig.writeback.demote(1, true);
      rig.put(rig.swap, 1, 1, 11);
      rig.writeback.demote(0, true);
      rig.put(rig.swap, 1, 2, 12);
      var kept = rig.writeback.collect(0, true);
      rig.get(rig.swap, 1, 2);
      rig.writeback.write(kept);
      rig.writeback.commit(kept);
      rig.put(rig.swap, 1, 3, 13);
      var inFlight = rig.writeback.collect(0, true);
      rig.put(rig.swap, 1, 4, 14);
      rig.store.put(rig.swap, 1, 5, new byte[rig.pageBytes], 0);
      ByteBuffer target = ByteBuffer.allocateDirect(7 * rig.pageBytes);
      assertThat(rig.store.getRange(rig.swap, 1, 0, 7, target)).isEqualTo(6);
      for (int i = 0; i < 5; i++) {
        assertThat(PageStamp.version(target, i * rig.pageBytes, rig.pageBytes, 1, i))
            .isEqualTo(10 + i);
      }
      assertThat(rig.store.stats().hitsByTier()).doesNotContain(0L);
      rig.tiers.get(2).faults.failReads(true);
      assertThatThrownBy(() -> rig.store.getRange(rig.swap, 1, 0, 7, target))
          .isInstanceOf(TierFailureException.class)
          .hasMessageStartingWith("page 0 of object 1 in pool 1 (tier tier2");
      assertThat(rig.store.getRange(rig.swap, 1, 1, 6, target)).isEqualTo(5);
      rig.writeback.cancel(inFlight);
    }
  }
}
