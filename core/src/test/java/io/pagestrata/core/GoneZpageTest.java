// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.StoreRig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A tier that has lost what the page table names: everybody says so, and nobody looks for ever. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GoneZpageTest {
  /** One page in the top tier, backed by a copy below. */
  private static void putBacked(StoreRig rig) {
    assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
    rig.writeback.demote(0, true);
    assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
    assertThat(rig.top().liveZpages()).isEqualTo(1);
    rig.top().faults.answerGone(true);
  }

  private static void assertWhole(StoreRig rig) {
    rig.top().faults.answerGone(false);
    assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(7);
  }

  @Test
  void cleaningBelowNeitherDropsNorMovesTheCopyThatMayBeTheLast() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      putBacked(rig);
      long copy = rig.below().liveLocators().get(0);
      rig.below()
          .faults
          .onceBeforeBacking(
              () -> {
                throw new AssertionError("nobody asks below");
              });
      assertThatThrownBy(rig.below()::maintain)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("tier0")
          .hasMessageContaining("slot");
      assertThat(rig.below().liveLocators()).containsExactly(copy);
      assertWhole(rig);
    }
  }

  @Test
  void aPageThatIsDamagedBelowAndGoneAboveIsTold() {
    try (StoreRig rig = StoreRig.builder().promoteAlways().open()) {
      putBacked(rig);
      List<Boolean> told = new ArrayList<>();
      rig.below()
          .host()
          .salvage(
              locator -> true, (pool, object, index, locator, rewritten) -> told.add(rewritten));
      assertThat(told).containsExactly(false);
      assertWhole(rig);
    }
  }

  @Test
  void aSyncSaysWhatItCannotWriteDown() {
    try (StoreRig rig = StoreRig.builder().log(new HeapLog()).open()) {
      assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
      rig.top().faults.answerGone(true);
      assertThatThrownBy(rig.store::sync)
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("the tier has no zpage there");
      assertWhole(rig);
      rig.store.sync();
      assertThat(rig.below().liveZpages()).isEqualTo(1);
    }
  }
}
