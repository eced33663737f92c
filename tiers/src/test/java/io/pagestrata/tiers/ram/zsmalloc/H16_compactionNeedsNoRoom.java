// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pool that filled its whole reserve, and a budget without a byte left. Compaction moves into
 * free slots only and regions are shown without memory, so both must still make room, and end.
 */
class H16_compactionNeedsNoRoom {
  @ParameterizedTest
  @ValueSource(ints = {16, 64, 300, 5000})
  void roomIsMadeWithoutAFreeFrame(int frames) {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(frames)) {
      long last = 0;
      while (rig.put(last, 1500, UpperTier.NO_BACKING, StoreIntent.RECLAIM)) {
        last++;
      }
      long charged = rig.budget.limitBytes() - rig.budget.usedBytes();
      assertThat(rig.budget.tryCharge(charged)).isTrue();
      for (long object = 0; object < last; object += 2) {
        rig.remove(object);
      }
      long used = rig.pool.usedBytes();
      rig.compactFully();
      assertThat(rig.pool.usedBytes()).as("after compaction").isLessThan(used * 3 / 4);
      PoolWalk.check(rig);
      while (rig.evict()) {}
      assertThat(rig.table).isEmpty();
      assertThat(rig.pool.usedBytes()).isZero();
      rig.budget.release(charged);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 300, 5000})
  void putsLeaveRoomForSecondChances(int frames) {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(frames)) {
      long last = 0;
      while (rig.put(last, 1500)) {
        last++;
      }
      assertThat(rig.put(last, 1500, UpperTier.NO_BACKING, StoreIntent.RECLAIM)).isTrue();
      assertThat(rig.holds(last)).isTrue();
    }
  }
}
