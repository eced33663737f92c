// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * Fails: zpage k of a batch on its way down; page k of a range on its way in. Succeeds: the zpages
 * before it, for a moment. Must hold: nothing of a failed batch takes space or is freed twice; a
 * range says how far it came.
 */
class H06_batchFailsHalfWay {
  @Test
  void aBatchThatFailsAtAnyZpageLeavesAllPagesAbove() {
    int pages = 5;
    for (int k = 0; k < pages; k++) {
      try (StoreRig rig = StoreRig.builder().open()) {
        for (int i = 0; i < pages; i++) {
          rig.put(rig.swap, 1, i, 10 + i);
        }
        rig.below().faults.failBatchAt(k);
        var round = rig.writeback.collect(0, true);
        assertThatThrownBy(() -> rig.writeback.write(round)).hasCauseInstanceOf(IOException.class);
        rig.writeback.cancel(round);
        assertThat(rig.below().liveZpages()).isZero();
        StoreOracle.check(rig);
        for (int i = 0; i < pages; i++) {
          assertThat(rig.get(rig.swap, 1, i)).isEqualTo(10 + i);
        }
      }
    }
  }

  @Test
  void aRangeThatFailsAtAnyPageKeepsWhatItStoredAndTheOldRest() {
    for (int spare = 0; spare < 3; spare++) {
      try (StoreRig rig = StoreRig.builder().slots(5 + spare).open()) {
        for (int i = 0; i < 5; i++) {
          rig.put(rig.swap, 1, i, 1);
        }
        ByteBuffer pages = ByteBuffer.allocate(8 * rig.pageBytes);
        for (int i = 0; i < 8; i++) {
          PageStamp.write(pages, i * rig.pageBytes, rig.pageBytes, 1, i, 2);
        }
        int stored = rig.store.putRange(rig.swap, 1, 0, 8, pages);
        // An overwrite needs a spare slot for a moment, so without one the first page is refused.
        assertThat(stored).isEqualTo(spare == 0 ? 0 : 5 + spare);
        for (int i = 0; i < 8; i++) {
          assertThat(rig.get(rig.swap, 1, i)).isEqualTo(i < stored ? 2 : i < 5 ? 1 : -1);
        }
      }
    }
  }
}
