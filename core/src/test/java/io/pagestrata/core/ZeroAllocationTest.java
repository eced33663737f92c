// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** Put and get of known pages, and refaults, leave nothing for the garbage collector. */
class ZeroAllocationTest {
  private static final int PAGES = 16;
  private static final int WARM_UP = 20_000;
  private static final int MEASURED = 20_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static double bytesPerOperation(IntConsumer operation) {
    for (int i = 0; i < WARM_UP; i++) {
      operation.accept(i % PAGES);
    }
    long thread = Thread.currentThread().getId();
    long before = THREADS.getThreadAllocatedBytes(thread);
    for (int i = 0; i < MEASURED; i++) {
      operation.accept(i % PAGES);
    }
    return (THREADS.getThreadAllocatedBytes(thread) - before) / (double) MEASURED;
  }

  private static void check(StoreRig rig) {
    byte[] array = new byte[rig.pageBytes];
    ByteBuffer direct = ByteBuffer.allocateDirect(rig.pageBytes);
    for (int i = 0; i < PAGES; i++) {
      rig.put(rig.swap, 1, i, i);
    }
    PageStamp.write(direct, 0, rig.pageBytes, 1, 1, 1);
    assertThat(bytesPerOperation(i -> rig.store.put(rig.swap, 1, i, direct))).isLessThan(1);
    assertThat(bytesPerOperation(i -> rig.store.get(rig.swap, 1, i, direct))).isLessThan(1);
    assertThat(bytesPerOperation(i -> rig.store.put(rig.swap, 1, i, array, 0))).isLessThan(1);
    PageStamp.write(ByteBuffer.wrap(array), 0, rig.pageBytes, 1, 1, 1);
    assertThat(bytesPerOperation(i -> rig.store.put(rig.swap, 1, i, array, 0))).isLessThan(1);
    assertThat(bytesPerOperation(i -> rig.store.get(rig.swap, 1, i, array, 0))).isLessThan(1);
  }

  @Test
  void putAndGetInRam() {
    try (StoreRig rig = StoreRig.builder().open()) {
      check(rig);
    }
  }

  @Test
  void putThatSharesAndGetOfWhatIsShared() {
    StoreRig.Builder sharing =
        StoreRig.builder().policies(StorePolicies.DEFAULT.with(Deduplication.POOL));
    try (StoreRig rig = sharing.open()) {
      check(rig);
      assertThat(rig.store.stats().policies().deduplication().putsShared()).isPositive();
    }
  }

  @Test
  void getFromBelow() {
    try (StoreRig rig = StoreRig.builder().open()) {
      byte[] array = new byte[rig.pageBytes];
      for (int i = 0; i < PAGES; i++) {
        rig.put(rig.swap, 1, i, i);
      }
      rig.writeback.demote(0, true);
      assertThat(bytesPerOperation(i -> rig.store.get(rig.swap, 1, i, array, 0))).isLessThan(1);
    }
  }

  @Test
  void getsThatChangeBetweenSeveralPoolMemories() {
    StoreRig.Builder three =
        StoreRig.builder().tiers(3).topKind(HeapTier.Kind.PLAIN).lowerKind(HeapTier.Kind.PLAIN);
    try (StoreRig rig = three.open()) {
      byte[] array = new byte[rig.pageBytes];
      for (int i = 0; i < PAGES; i++) {
        rig.put(rig.swap, 1, i, i);
        if (i < 10) {
          rig.writeback.demote(0, true);
        }
        if (i < 5) {
          rig.writeback.demote(1, true);
        }
      }
      assertThat(bytesPerOperation(i -> rig.store.get(rig.swap, 1, i * 7 % PAGES, array, 0)))
          .isLessThan(1);
      assertThat(rig.store.stats().hitsByTier()).doesNotContain(0L);
    }
  }
}
