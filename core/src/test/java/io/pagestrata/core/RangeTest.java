// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Runs of pages: put, get and flush, up to the ends of the unsigned 32-bit index. */
class RangeTest {
  private static ByteBuffer run(StoreRig rig, int first, int count, long version) {
    ByteBuffer pages = ByteBuffer.allocateDirect(count * rig.pageBytes + 3).position(3);
    for (int i = 0; i < count; i++) {
      PageStamp.write(pages, 3 + i * rig.pageBytes, rig.pageBytes, 5, first + i, version);
    }
    return pages;
  }

  @Test
  void everyPageComesBackAndAbsentOnesReadAsZeroes() {
    try (StoreRig rig = StoreRig.builder().open()) {
      ByteBuffer pages = run(rig, 508, 9, 1);
      assertThat(rig.store.putRange(rig.swap, 5, 508, 9, pages)).isEqualTo(9);
      assertThat(pages.position()).isEqualTo(3);
      assertThat(rig.store.flush(rig.swap, 5, 511)).isTrue();
      ByteBuffer target = ByteBuffer.allocate(11 * rig.pageBytes + 1).position(1);
      for (int i = 1; i < target.capacity(); i++) {
        target.put(i, (byte) 0x55);
      }
      assertThat(rig.store.getRange(rig.swap, 5, 507, 11, target)).isEqualTo(8);
      for (int i = 0; i < 11; i++) {
        int at = 1 + i * rig.pageBytes;
        if (i == 0 || i == 4 || i == 10) {
          for (int k = 0; k < rig.pageBytes; k++) {
            assertThat(target.get(at + k)).isZero();
          }
        } else {
          assertThat(PageStamp.version(target, at, rig.pageBytes, 5, 507 + i)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void putStopsAtTheFirstRefusal() {
    try (StoreRig rig = StoreRig.builder().slots(4).open()) {
      assertThat(rig.store.putRange(rig.swap, 5, 0, 9, run(rig, 0, 9, 1))).isEqualTo(4);
      assertThat(rig.get(rig.swap, 5, 3)).isEqualTo(1);
      assertThat(rig.get(rig.swap, 5, 4)).isEqualTo(-1);
    }
  }

  @Test
  void theLastIndexIsReachedAndNotPassed() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThat(rig.store.putRange(rig.swap, 5, -2, 2, run(rig, -2, 2, 1))).isEqualTo(2);
      assertThat(rig.get(rig.swap, 5, -1)).isEqualTo(1);
      assertThatThrownBy(() -> rig.store.putRange(rig.swap, 5, -2, 3, run(rig, -2, 3, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 pages from 4294967294 leave the 32-bit index");
      ByteBuffer target = ByteBuffer.allocate(3 * rig.pageBytes);
      assertThatThrownBy(() -> rig.store.getRange(rig.swap, 5, -2, 3, target))
          .hasMessage("3 pages from 4294967294 leave the 32-bit index");
      assertThat(rig.get(rig.swap, 5, 0)).isEqualTo(-1);
      assertThat(rig.get(rig.swap, 5, -1)).isEqualTo(1);
    }
  }

  @Test
  void negativeAndOverflowingCountsAreArgumentErrors() {
    try (StoreRig rig = StoreRig.builder().open()) {
      ByteBuffer one = ByteBuffer.allocate(rig.pageBytes);
      assertThatThrownBy(() -> rig.store.putRange(rig.swap, 5, 0, -1, one))
          .hasMessage("-1 pages from 0 leave the 32-bit index");
      assertThatThrownBy(() -> rig.store.getRange(rig.swap, 5, 0, -1, one))
          .hasMessage("-1 pages from 0 leave the 32-bit index");
      assertThatThrownBy(() -> rig.store.flushRange(rig.swap, 5, 1, Long.MAX_VALUE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("9223372036854775807 pages from 1 leave the 32-bit index");
      assertThatThrownBy(() -> rig.store.flushRange(rig.swap, 5, 1, 1L << 32))
          .hasMessage("4294967296 pages from 1 leave the 32-bit index");
    }
  }

  @Test
  void flushOfTheWholeIndexRemovesEveryPageAndGivesTheLeavesBack() {
    try (StoreRig rig = StoreRig.builder().slots(256).open()) {
      assertThat(rig.put(rig.swap, 4, 0, 1)).isTrue();
      long before = rig.budget.usedBytes();
      Random random = new Random(11);
      for (int i = 0; i < 100; i++) {
        assertThat(rig.put(rig.swap, 5, random.nextInt(), 1)).isTrue();
      }
      assertThat(rig.put(rig.swap, 5, Integer.MIN_VALUE, 1)).isTrue();
      assertThat(rig.store.flushRange(rig.swap, 5, 0, 1L << 32)).isEqualTo(101);
      assertThat(rig.store.flushObject(rig.swap, 5)).isZero();
      assertThat(rig.budget.usedBytes()).isEqualTo(before);
      assertThat(rig.get(rig.swap, 4, 0)).isEqualTo(1);
    }
  }

  @Test
  void emptyRunsDoNothing() {
    try (StoreRig rig = StoreRig.builder().open()) {
      ByteBuffer empty = ByteBuffer.allocate(0);
      assertThat(rig.store.putRange(rig.swap, 5, -1, 0, empty)).isZero();
      assertThat(rig.store.getRange(rig.swap, 5, -1, 0, empty)).isZero();
      assertThat(rig.store.flushRange(rig.swap, 5, -1, 0)).isZero();
    }
  }

  @Test
  void aFlushInPartsMissesNothingBetweenThem() {
    try (StoreRig rig = StoreRig.builder().open()) {
      int part = (int) Removals.PART_PAGES;
      int[] indexes = {5, part - 1, part, part + 1, 7 * part, -1};
      for (int index : indexes) {
        assertThat(rig.put(rig.swap, 1, index, 1)).isTrue();
      }
      assertThat(rig.store.flushRange(rig.swap, 1, 6, (1L << 32) - 6)).isEqualTo(5);
      assertThat(rig.store.flushRange(rig.swap, 1, 0, 0)).isZero();
      assertThat(rig.get(rig.swap, 1, 5)).isEqualTo(1);
      for (int i = 1; i < indexes.length; i++) {
        assertThat(rig.get(rig.swap, 1, indexes[i])).isEqualTo(-1);
      }
      assertThat(rig.store.stats().flushes()).isEqualTo(5);
    }
  }
}
