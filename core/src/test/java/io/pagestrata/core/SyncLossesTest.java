// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;

/** A sync that meets a page which is out of reach or lost: what it says, and what it writes. */
class SyncLossesTest {
  /** Page 0 in a tier in the middle that keeps the only copy, page 1 in the top tier. */
  private static StoreRig open() {
    StoreRig rig =
        StoreRig.builder().lossyMiddle().topKind(HeapTier.Kind.PLAIN).log(new HeapLog()).open();
    rig.lossy.mirrored = false;
    assertThat(rig.put(rig.swap, 1, 0, 10)).isTrue();
    rig.writeback.demote(0, true);
    assertThat(rig.put(rig.swap, 1, 1, 11)).isTrue();
    assertThat(rig.below().liveZpages()).isOne();
    return rig;
  }

  @Test
  void aPageOutOfReachFailsTheSyncAndTheOthersAreOnTheMedium() {
    try (StoreRig rig = open()) {
      rig.below().faults.failReads(true);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(rig.store::sync)
            .isInstanceOf(TierFailureException.class)
            .hasMessageContaining("told to fail");
        assertThat(rig.bottom().liveZpages()).as("page 1").isOne();
      }
      rig.below().faults.failReads(false);
      rig.store.sync();
      assertThat(rig.bottom().liveZpages()).isEqualTo(2);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(10);
    }
  }

  // Forbidden: a store in which nothing can be made to survive any more since one page is lost, and
  // one in which a sync succeeds and nothing on the medium says that the page is lost.
  @Test
  void aLostPageFailsOneSyncAndIsWrittenDownAsLostByTheNext() {
    try (StoreRig rig = open()) {
      rig.lossy.lost = true;
      assertThatThrownBy(rig.store::sync)
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("told to lose it");
      assertThat(rig.bottom().liveZpages()).as("page 1").isOne();
      rig.store.sync();
      assertThat(rig.bottom().liveZpages()).isEqualTo(2);
      assertThat(rig.below().liveZpages()).as("what is left of the lost one").isZero();
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 0))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("lost");
      assertThat(rig.put(rig.swap, 1, 0, 12)).isTrue();
      rig.store.sync();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(12);
      StoreOracle.check(rig);
    }
  }

  @Test
  void aLostPageThatIsPutBeforeTheNextSyncIsWhatWasPut() {
    try (StoreRig rig = open()) {
      rig.lossy.lost = true;
      assertThatThrownBy(rig.store::sync).isInstanceOf(CorruptPageException.class);
      assertThat(rig.put(rig.swap, 1, 0, 12)).isTrue();
      rig.store.sync();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(12);
    }
  }
}
