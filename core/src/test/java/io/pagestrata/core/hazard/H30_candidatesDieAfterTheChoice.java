// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.testing.StoreRig;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Fails: nothing; nine of ten candidates are removed, overwritten or taken after they were chosen.
 * Succeeds: the writeback of the rest. Must hold: no dead candidate comes to life, none is freed
 * twice, the living are all there.
 */
class H30_candidatesDieAfterTheChoice {
  @Test
  void nineOfTenCandidatesDie() {
    int pages = 60;
    try (StoreRig rig = StoreRig.builder().slots(128).open()) {
      for (int i = 0; i < pages; i++) {
        rig.put(rig.swap, 1, i, 1);
      }
      var round = rig.writeback.collect(0, true);
      assertThat(round.batch.count()).isEqualTo(pages);
      for (int i = 0; i < pages; i++) {
        switch (i % 10) {
          case 0 -> {}
          case 1, 2, 3 -> rig.store.flush(rig.swap, 1, i);
          case 4, 5 -> rig.take(rig.swap, 1, i);
          default -> {
            rig.store.flush(rig.swap, 1, i);
            rig.put(rig.swap, 1, i, 2);
          }
        }
      }
      rig.writeback.write(round);
      List<Commit> commits = rig.writeback.commit(round);
      assertThat(Collections.frequency(commits, Commit.DEMOTED)).isEqualTo(pages / 10);
      assertThat(Collections.frequency(commits, Commit.LOST)).isEqualTo(pages / 10 * 9);
      for (int i = 0; i < pages; i++) {
        int expected = i % 10 == 0 ? 1 : i % 10 < 6 ? -1 : 2;
        assertThat(rig.get(rig.swap, 1, i)).isEqualTo(expected);
      }
    }
  }
}
