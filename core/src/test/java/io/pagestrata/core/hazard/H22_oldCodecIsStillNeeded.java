// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.FakeCodecs;
import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;

/**
 * The codec of new puts changes while zpages of the old one rest in every tier: they stay readable
 * wherever they are moved, and a codec that the store could not decode is never accepted.
 */
class H22_oldCodecIsStillNeeded {
  private static final int PAGES = 6;

  @Test
  void zpagesOfEveryCodecStayReadableInEveryTier() {
    try (StoreRig rig = StoreRig.builder().slots(128).promoteAlways().open()) {
      FakeCodecs.Fake[] codecs = {rig.trimming, rig.none, rig.otherTrimming, rig.trimming};
      for (int c = 0; c < codecs.length; c++) {
        rig.store.switchCodec(codecs[c]);
        for (int i = 0; i < PAGES; i++) {
          rig.put(rig.swap, c, i, 10 * c + i);
        }
        if (c % 2 == 0) {
          rig.writeback.demote(0, true);
        }
        rig.top().maintain();
        rig.below().maintain();
      }
      for (int round = 0; round < 2; round++) {
        for (int c = 0; c < codecs.length; c++) {
          for (int i = 0; i < PAGES; i++) {
            assertThat(rig.get(rig.swap, c, i)).isEqualTo(10 * c + i);
          }
        }
        rig.writeback.demote(0, true);
      }
      assertThatThrownBy(() -> rig.store.switchCodec(FakeCodecs.trimming(99)))
          .isInstanceOf(IllegalArgumentException.class);
      rig.put(rig.swap, 9, 9, 9);
      assertThat(rig.get(rig.swap, 9, 9)).isEqualTo(9);
    }
  }
}
