// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Memory is taken within limit and budget, handed to others when they need it, and released. */
class ZsmallocMemoryTest {
  private static final int FRAMES = 512;
  private static final long POOL_BYTES = (long) FRAMES * ZsmallocRig.FRAME_BYTES;

  @Test
  void limitHoldsThoughTheBudgetWouldAllowMore() {
    MemoryBudget budget = new MemoryBudget(10 * POOL_BYTES);
    try (ZsmallocRig rig =
        new ZsmallocRig(ZsmallocSettings.of(POOL_BYTES, ZsmallocRig.FRAME_BYTES), budget)) {
      for (long object = 0; rig.put(object, 60, -1, StoreIntent.RECLAIM); object++) {}
      assertThat(rig.pool.usedBytes())
          .isBetween(POOL_BYTES - 3L * ZsmallocRig.FRAME_BYTES, POOL_BYTES);
      assertThat(rig.pool.limitBytes()).isEqualTo(POOL_BYTES);
      assertThat(budget.usedBytes()).isLessThanOrEqualTo(POOL_BYTES);
      assertThat(rig.pool.stats().full()).isTrue();
      PoolWalk.check(rig);
    }
  }

  @Test
  void shortageElsewhereTakesFreeFrames() {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      for (int round = 0; round < 3; round++) {
        for (long object = 0; rig.put(object, 1400); object++) {}
        rig.table.keySet().forEach(object -> assertThat(rig.holds(object)).isTrue());
        while (rig.evict()) {}
        assertThat(rig.pool.usedBytes()).isZero();
        assertThat(rig.budget.usedBytes()).as("free frames stay resident").isPositive();
        assertThat(rig.budget.tryCharge(POOL_BYTES)).isTrue();
        assertThat(rig.pool.limitBytes()).isZero();
        assertThat(rig.put(1, 1400)).isFalse();
        rig.budget.release(POOL_BYTES);
      }
      assertThat(rig.pool.limitBytes()).isEqualTo(POOL_BYTES);
    }
  }

  @Test
  void preTouchedFramesAreChargedAndClosingReleasesAll() {
    long before = OffHeapMemory.mappedBytes();
    ZsmallocSettings settings =
        new ZsmallocSettings(POOL_BYTES, ZsmallocRig.FRAME_BYTES, 8, 1, true);
    ZsmallocRig rig = new ZsmallocRig(settings);
    assertThat(rig.budget.usedBytes()).isEqualTo(POOL_BYTES);
    assertThat(rig.pool.usedBytes()).isZero();
    assertThat(rig.put(1, 1400)).as("a page of handles instead of a spare frame").isTrue();
    rig.close();
    rig.close();
    assertThat(rig.budget.usedBytes()).isZero();
    assertThat(OffHeapMemory.mappedBytes()).isEqualTo(before);
  }

  @Test
  void waitingPutsHearOfRoom() {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      long last = 0;
      while (rig.put(last, 1400)) {
        last++;
      }
      assertThat(rig.freed.get()).isZero();
      rig.remove(last / 2);
      assertThat(rig.freed.get()).isPositive();
      assertThat(rig.put(last, 1400)).isTrue();
    }
  }

  @Test
  void aDamagedHeaderCondemnsItsRegion() {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      for (long object = 0; object < 200; object++) {
        assertThat(rig.put(object, 1000)).isTrue();
      }
      rig.pool.read(
          rig.table.get(7L),
          (memory, offset, available) -> {
            memory.putShort(offset + 4, (short) -1);
            return 0;
          });
      while (rig.evict()) {}
      assertThat(rig.pool.stats().damagedRegions()).isEqualTo(1);
      assertThat(rig.table).containsOnlyKeys(7L);
      rig.remove(7);
      assertThat(rig.pool.usedBytes()).isZero();
    }
  }

  @Test
  void storingReadingAndFreeingAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ByteBuffer zpage = ByteBuffer.allocateDirect(8192);
    ZpageReader reader = (memory, offset, available) -> memory.get(offset + available - 1);
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      long allocated = Long.MAX_VALUE;
      for (int round = 0; round < 20 && allocated > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 2000; i++) {
          long locator = rig.pool.store(zpage, 0, 100 + i * 2, i, StoreIntent.PUT);
          rig.pool.read(locator, reader);
          rig.pool.backing(locator);
          rig.pool.free(locator);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(allocated).isZero();
    }
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertThatThrownBy(() -> ZsmallocSettings.of(POOL_BYTES, 5000)).hasMessageContaining("5000");
    assertThatThrownBy(() -> ZsmallocSettings.of(4096, 4096)).hasMessageContaining("4096 bytes");
    assertThatThrownBy(() -> new ZsmallocSettings(POOL_BYTES, 4096, 17, 1, false))
        .hasMessageContaining("1 to 16 frames, found 17");
    assertThatThrownBy(() -> new ZsmallocSettings(POOL_BYTES, 4096, 8, 1.5, false))
        .hasMessageContaining("from 0 to 1, found 1.5");
  }

  @Test
  void aZpageHasWordsForPeople() {
    try (ZsmallocRig rig = ZsmallocRig.ofFrames(FRAMES)) {
      rig.put(1, 1000);
      long locator = rig.table.get(1L);
      assertThat(rig.pool.describe(locator)).matches("handle \\d+ zspage \\d+ slot \\d+");
      rig.remove(1);
      assertThat(rig.pool.describe(locator)).matches("handle \\d+");
      assertThat(rig.pool.backing(locator)).isEqualTo(UpperTier.NO_BACKING);
    }
  }
}
