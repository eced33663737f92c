// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class OffHeapMemoryTest {
  @Test
  void largeMemoryIsShownInSlabs() {
    // Only what is touched takes memory, so more than the heap and the direct-memory cap is fine.
    long bytes = 2L * OffHeapMemory.SLAB_BYTES + 4096;
    try (OffHeapMemory memory = new OffHeapMemory(bytes, false)) {
      ByteBuffer[] slabs = memory.slabs();
      assertThat(slabs).hasSize(3);
      assertThat(slabs[0].capacity()).isEqualTo(OffHeapMemory.SLAB_BYTES);
      assertThat(slabs[2].capacity()).isEqualTo(4096);
      slabs[2].put(4095, (byte) 7);
      assertThat(slabs[2].get(4095)).isEqualTo((byte) 7);
      assertThat(slabs[1].get(0)).isZero();
    }
  }

  @Test
  void rangesGivenBackStayUsable() {
    try (OffHeapMemory memory = new OffHeapMemory(1 << 20, true)) {
      ByteBuffer slab = memory.slabs()[0];
      slab.put(65536, (byte) 1);
      slab.put(0, (byte) 2);
      memory.giveBack(65536, 65536);
      slab.put(65537, (byte) 3);
      assertThat(slab.get(65537)).isEqualTo((byte) 3);
      assertThat(slab.get(0)).isEqualTo((byte) 2);
    }
  }

  @Test
  void closeIsIdempotentAndCounted() {
    long before = OffHeapMemory.mappedBytes();
    OffHeapMemory memory = new OffHeapMemory(1 << 20, false);
    memory.touch(0, 1 << 20);
    assertThat(OffHeapMemory.mappedBytes()).isEqualTo(before + (1 << 20));
    memory.close();
    memory.close();
    assertThat(OffHeapMemory.mappedBytes()).isEqualTo(before);
  }

  @Test
  void impossibleSizeIsRefusedInOneSentence() {
    assertThatThrownBy(() -> new OffHeapMemory(1L << 60, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("bytes of memory for the RAM tier");
  }
}
