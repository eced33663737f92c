// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A zpage made denser at rest replaces the one it was made from, and only while that is cold. */
class ReplaceTest {
  private final ByteBuffer copy = ByteBuffer.allocateDirect(8192);
  private int bytes;
  private long locator;
  private long backing;
  private boolean cold;

  private static StoreRig rig() {
    return StoreRig.builder().topKind(HeapTier.Kind.REUSES_LOCATORS).promoteAlways().open();
  }

  /** Copies the only zpage of the top tier, as a walk does, and leaves its region under reclaim. */
  private long take(StoreRig rig) {
    return rig.top()
        .reclaim(
            (memory, offset, length, at, copyBelow) -> {
              copy.put(0, memory, offset, length);
              bytes = length;
              locator = at;
              backing = copyBelow;
              cold = rig.writeback.hierarchy.isCold(0, memory, offset, at);
            },
            Long.MAX_VALUE);
  }

  private boolean replace(StoreRig rig) {
    return rig.writeback.hierarchy.replace(0, copy, 0, bytes, locator, backing);
  }

  private static void settle(StoreRig rig, long region) {
    rig.top().settle(region);
    StoreOracle.check(rig);
  }

  @Test
  void aColdZpageIsReplacedAndItsOldPlaceIsFree() {
    try (StoreRig rig = rig()) {
      rig.put(rig.swap, 1, 1, 4);
      long region = take(rig);
      assertThat(cold).isTrue();
      assertThat(replace(rig)).isTrue();
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      settle(rig, region);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aBackingCopyStays() {
    try (StoreRig rig = rig()) {
      rig.put(rig.swap, 1, 1, 4);
      rig.writeback.demote(0, true);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
      long region = take(rig);
      assertThat(backing).isNotEqualTo(UpperTier.NO_BACKING);
      assertThat(replace(rig)).isTrue();
      settle(rig, region);
      assertThat(rig.writeback.demote(0, true).batch.count()).isZero();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(4);
    }
  }

  @Test
  void aPageThatIsReadChangedOrRemovedMeanwhileIsLeftAlone() {
    Runnable[] meanwhile = new Runnable[3];
    for (int i = 0; i < meanwhile.length; i++) {
      try (StoreRig rig = rig()) {
        meanwhile[0] = () -> rig.get(rig.swap, 1, 1);
        meanwhile[1] = () -> rig.put(rig.swap, 1, 1, 5);
        meanwhile[2] = () -> rig.store.flush(rig.swap, 1, 1);
        rig.put(rig.swap, 1, 1, 4);
        long region = take(rig);
        meanwhile[i].run();
        assertThat(replace(rig)).isFalse();
        settle(rig, region);
        assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(i == 0 ? 4 : i == 1 ? 5 : -1);
      }
    }
  }

  @Test
  void withoutRoomOrPoolNothingChanges() {
    try (StoreRig rig = rig()) {
      Pool doomed = rig.store.createPool("doomed", PoolKind.PERSISTENT);
      rig.put(doomed, 1, 1, 4);
      long region = take(rig);
      rig.top().faults.refuse(StoreIntent.RECLAIM);
      assertThat(replace(rig)).isFalse();
      rig.top().faults.refuse();
      rig.store.destroyPool(doomed);
      assertThat(replace(rig)).isFalse();
      settle(rig, region);
    }
  }
}
