// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.StoreRig;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A get that meets damage or a failing medium says so by name, and never hangs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadFailureTest {
  private static long locator(StoreRig rig) {
    AtomicReference<Long> found = new AtomicReference<>();
    rig.store.inspect((pool, object, index, place) -> found.set(place.locator()));
    return found.get();
  }

  @Test
  void damageNamesKeyTierAndPlaceAndThePageStays() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 9, -1, 1);
      rig.writeback.demote(0, true);
      int payloadBit = 8 * 100;
      rig.below().flipBit(locator(rig), payloadBit);
      String message =
          "page 4294967295 of object 9 in pool 1 (tier tier1, "
              + rig.below().describe(locator(rig))
              + ") is damaged: the checksum does not match";
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> rig.get(rig.swap, 9, -1))
            .isInstanceOf(CorruptPageException.class)
            .hasMessage(message);
        assertThatThrownBy(() -> rig.take(rig.swap, 9, -1)).hasMessage(message);
      }
      assertThat(rig.store.stats().corruptPages()).isEqualTo(4);
      rig.below().flipBit(locator(rig), payloadBit);
      assertThat(rig.take(rig.swap, 9, -1)).isEqualTo(1);
    }
  }

  @Test
  void aFailingMediumNamesKeyTierAndPlaceAndALaterGetSucceeds() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 9, 3, 1);
      rig.writeback.demote(0, true);
      rig.below().faults.failReads(true);
      String message =
          "page 3 of object 9 in pool 1 (tier tier1, "
              + rig.below().describe(locator(rig))
              + ") could not be read: told to fail";
      assertThatThrownBy(() -> rig.get(rig.swap, 9, 3))
          .isInstanceOf(TierFailureException.class)
          .hasMessage(message)
          .hasRootCauseMessage("told to fail");
      assertThatThrownBy(() -> rig.take(rig.swap, 9, 3)).hasMessage(message);
      rig.below().faults.failReads(false);
      assertThat(rig.get(rig.swap, 9, 3)).isEqualTo(1);
    }
  }

  @Test
  void aFailureAtAPlaceThatWasLeftMeanwhileIsNone() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 9, 3, 1);
      rig.writeback.demote(0, true);
      rig.below().faults.failReads(true);
      rig.below().faults.onceBeforeRead(() -> rig.put(rig.swap, 9, 3, 2));
      assertThat(rig.get(rig.swap, 9, 3)).isEqualTo(2);
    }
  }

  @Test
  void aTierThatLostAZpageIsDamageAndNoEndlessLoop() {
    try (StoreRig rig = StoreRig.builder().open()) {
      rig.put(rig.swap, 9, 3, 1);
      rig.top().faults.answerGone(true);
      assertThatThrownBy(() -> rig.get(rig.swap, 9, 3))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageEndingWith("is damaged: the tier has no zpage there");
      rig.top().faults.answerGone(false);
      assertThat(rig.get(rig.swap, 9, 3)).isEqualTo(1);
    }
  }

  @Test
  void withoutVerificationInRamTheKeyAndGenerationAreStillChecked() {
    try (StoreRig rig = StoreRig.builder().verifyRam(false).open()) {
      rig.put(rig.swap, 9, 3, 1);
      int generationBit = 8 * 8;
      rig.top().flipBit(locator(rig), generationBit);
      assertThatThrownBy(() -> rig.get(rig.swap, 9, 3))
          .hasMessageEndingWith("is damaged: the zpage there is of another generation");
      rig.top().flipBit(locator(rig), generationBit);
      int objectBit = 8 * 16;
      rig.top().flipBit(locator(rig), objectBit);
      assertThatThrownBy(() -> rig.get(rig.swap, 9, 3))
          .hasMessageEndingWith("is damaged: the zpage there belongs to another page");
      rig.top().flipBit(locator(rig), objectBit);
      int codecBit = 8 * 6 + 4;
      rig.top().flipBit(locator(rig), codecBit);
      assertThatThrownBy(() -> rig.get(rig.swap, 9, 3))
          .hasMessageEndingWith("is damaged: no codec has id 23");
      rig.top().flipBit(locator(rig), codecBit);
      int pageSizeBit = 8 * 7;
      rig.top().flipBit(locator(rig), pageSizeBit);
      assertThatThrownBy(() -> rig.get(rig.swap, 9, 3))
          .hasMessageEndingWith("is damaged: the zpage header is damaged");
      rig.top().flipBit(locator(rig), pageSizeBit);
    }
  }
}
