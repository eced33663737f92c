// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What needs no wait is done; what needs one is left to the store, with nothing changed. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NearPagesTest {
  private static ByteBuffer page(StoreRig rig, int index, long version) {
    ByteBuffer page = ByteBuffer.allocateDirect(rig.pageBytes);
    return page.put(0, PageStamp.page(rig.pageBytes, 1, index, version));
  }

  @Test
  void aPageOfTheTopTierIsReadAndOneBelowIsNot() {
    try (StoreRig rig = StoreRig.builder().open()) {
      NearPages near = rig.store.near();
      ByteBuffer target = ByteBuffer.allocateDirect(rig.pageBytes);
      assertThat(near.get(rig.swap, 1, 5, target)).isEqualTo(NearOutcome.ABSENT);
      assertThat(near.put(rig.swap, 1, 5, page(rig, 5, 3))).isTrue();
      assertThat(near.get(rig.swap, 1, 5, target)).isEqualTo(NearOutcome.DONE);
      assertThat(target).isEqualTo(page(rig, 5, 3));
      near.put(rig.swap, 1, 6, page(rig, 6, 4));
      rig.writeback.demote(0, true);
      ByteBuffer untouched = ByteBuffer.allocateDirect(rig.pageBytes);
      assertThat(near.get(rig.swap, 1, 6, untouched)).isEqualTo(NearOutcome.BELOW);
      assertThat(untouched).isEqualTo(ByteBuffer.allocateDirect(rig.pageBytes));
      assertThat(rig.get(rig.swap, 1, 6)).isEqualTo(4);
    }
  }

  @Test
  void aPutWithoutRoomChangesNothingAndIsNotCounted() {
    try (StoreRig rig = StoreRig.builder().slots(4).putWait(Duration.ofDays(1)).open()) {
      NearPages near = rig.store.near();
      int stored = 0;
      while (near.put(rig.cache, 1, stored, page(rig, stored, 1))) {
        stored++;
      }
      assertThat(stored).isPositive();
      assertThat(near.put(rig.cache, 1, 0, page(rig, 0, 2))).isFalse();
      assertThat(rig.get(rig.cache, 1, 0)).isEqualTo(1);
      assertThat(rig.store.stats().putsRefusedFull()).isZero();
    }
  }

  /** The one read that has a lane is from below, and may take long. */
  @Test
  void nothingWaitsForALane() {
    try (StoreRig rig = StoreRig.builder().open()) {
      NearPages near = rig.store.near();
      near.put(rig.swap, 1, 6, page(rig, 6, 4));
      rig.writeback.demote(0, true);
      near.put(rig.swap, 1, 5, page(rig, 5, 3));
      long free = rig.budget.limitBytes() - rig.budget.usedBytes();
      assertThat(rig.budget.tryCharge(free)).isTrue();
      ByteBuffer target = ByteBuffer.allocateDirect(rig.pageBytes);
      rig.below()
          .faults
          .onceBeforeRead(
              () -> {
                assertThat(near.get(rig.swap, 1, 5, target)).isEqualTo(NearOutcome.BELOW);
                assertThat(near.put(rig.swap, 1, 5, page(rig, 5, 7))).isFalse();
              });
      assertThat(rig.get(rig.swap, 1, 6)).isEqualTo(4);
      assertThat(near.get(rig.swap, 1, 5, target)).isEqualTo(NearOutcome.DONE);
      assertThat(target).isEqualTo(page(rig, 5, 3));
    }
  }

  @Test
  void runsOfPresentAndAbsentPagesAreCounted() {
    try (StoreRig rig = StoreRig.builder().open()) {
      NearPages near = rig.store.near();
      for (int index : new int[] {510, 511, 512, 2000, -1}) {
        rig.put(rig.swap, 1, index, 1);
      }
      long all = 1L << 32;
      assertThat(near.absentRun(rig.swap, 1, 0, all)).isEqualTo(510);
      assertThat(near.presentRun(rig.swap, 1, 510, all - 510)).isEqualTo(3);
      assertThat(near.presentRun(rig.swap, 1, 510, 2)).isEqualTo(2);
      assertThat(near.absentRun(rig.swap, 1, 513, all - 513)).isEqualTo(2000 - 513);
      assertThat(near.absentRun(rig.swap, 1, 513, 10)).isEqualTo(10);
      assertThat(near.absentRun(rig.swap, 1, 2001, all - 2001)).isEqualTo(all - 1 - 2001);
      assertThat(near.presentRun(rig.swap, 1, -1, 1)).isEqualTo(1);
      assertThat(near.presentRun(rig.swap, 7, 0, all)).isZero();
      assertThat(near.absentRun(rig.swap, 7, 0, all)).isEqualTo(all);
    }
  }

  @Test
  void aHeapBufferIsNoTarget() {
    try (StoreRig rig = StoreRig.builder().open()) {
      ByteBuffer heap = ByteBuffer.allocate(rig.pageBytes);
      assertThatThrownBy(() -> rig.store.near().get(rig.swap, 1, 0, heap))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
