// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.PageStore;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import io.pagestrata.writeback.pipeline.Pipeline;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedBatchMemoryTest {
  private static final int RING_SLOTS = 16;
  private static final int BATCH_BYTES = 4 << 20;

  @TempDir Path directory;

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void ringsTakeNoDirectMemoryOfTheJvmAndGoWithTheStore() {
    long mapped = OffHeapMemory.mappedBytes();
    long direct = directBytes();
    try (PageStore store =
        Pagestrata.builder()
            .ram(ram -> ram.maxSize("512MiB"))
            .file(file -> file.directory(directory).maxSize("1GiB"))
            .writeback(it -> it.ringSlots(RING_SLOTS).batchSize("4MiB"))
            .open()) {
      assertThat(store.stats().tiers()).hasSize(2);
      assertThat(OffHeapMemory.mappedBytes() - mapped)
          .isGreaterThanOrEqualTo((long) RING_SLOTS * BATCH_BYTES);
      assertThat(directBytes() - direct).isLessThan((long) RING_SLOTS * BATCH_BYTES / 2);
    }
    assertThat(OffHeapMemory.mappedBytes()).isEqualTo(mapped);
  }

  @Test
  void buffersAreAlignedAndOfTheirSize() {
    long mapped = OffHeapMemory.mappedBytes();
    MappedBatchMemory memory = new MappedBatchMemory();
    ByteBuffer buffer = memory.allocate(BATCH_BYTES);
    assertThat(buffer.capacity()).isEqualTo(BATCH_BYTES);
    assertThat(buffer.alignmentOffset(0, Pipeline.BUFFER_ALIGNMENT)).isZero();
    memory.close();
    memory.close();
    assertThat(OffHeapMemory.mappedBytes()).isEqualTo(mapped);
  }
}
