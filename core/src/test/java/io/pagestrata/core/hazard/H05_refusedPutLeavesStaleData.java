// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import org.junit.jupiter.api.Test;

/**
 * Fails: a put over an existing page, with the old copy above, below, in both or in flight.
 * Succeeds: the get afterwards. Must hold: persistent, the whole old content; ephemeral, nothing at
 * all, in no tier.
 */
class H05_refusedPutLeavesStaleData {
  private static void park(StoreRig rig, int where) {
    if (where > 0) {
      rig.writeback.demote(0, true);
    }
    if (where > 1) {
      rig.get(rig.swap, 1, 1);
      rig.get(rig.cache, 1, 1);
    }
  }

  @Test
  void whereverTheOldContentIs() {
    for (int where = 0; where < 3; where++) {
      try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
        rig.put(rig.swap, 1, 1, 1);
        rig.put(rig.cache, 1, 1, 1);
        park(rig, where);
        rig.top().faults.refuse(StoreIntent.PUT);
        assertThat(rig.put(rig.swap, 1, 1, 2)).isFalse();
        assertThat(rig.put(rig.cache, 1, 1, 2)).isFalse();
        assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
        assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
        rig.top().faults.refuse();
        assertThat(rig.put(rig.swap, 1, 1, 3)).isTrue();
        assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(3);
      }
    }
  }

  @Test
  void whileTheOldContentIsInFlight() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 1, 1, 1);
      var round = rig.writeback.collect(0, true);
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(rig.put(rig.swap, 1, 1, 2)).isFalse();
      rig.writeback.write(round);
      rig.writeback.commit(round);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(1);
    }
  }
}
