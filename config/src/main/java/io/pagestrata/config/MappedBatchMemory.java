// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import io.pagestrata.writeback.pipeline.BatchMemory;
import io.pagestrata.writeback.pipeline.Pipeline;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Batches in memory of the same kind as the RAM tier's: no flag of the JVM limits it, and it is
 * given back at once. Not thread-safe but for closing.
 */
final class MappedBatchMemory implements BatchMemory {
  private final List<OffHeapMemory> parts = new ArrayList<>();

  @Override
  public ByteBuffer allocate(int bytes) {
    OffHeapMemory memory;
    try {
      // The fill is for systems whose memory does not begin at a page.
      memory = new OffHeapMemory((long) bytes + Pipeline.BUFFER_ALIGNMENT, false);
    } catch (IllegalStateException e) {
      InvalidConfigurationException problem =
          new InvalidConfigurationException(
              List.of(
                  Place.of(Settings.WRITEBACK, Settings.WRITEBACK_RING_SLOTS)
                      + ", "
                      + Place.of(Settings.WRITEBACK, Settings.WRITEBACK_BATCH_SIZE)
                      + ": the system has no memory for that many batches of that size"));
      problem.addSuppressed(e);
      throw problem;
    }
    parts.add(memory);
    return memory.slabs()[0].alignedSlice(Pipeline.BUFFER_ALIGNMENT).slice(0, bytes);
  }

  @Override
  public void close() {
    parts.forEach(OffHeapMemory::close);
  }
}
