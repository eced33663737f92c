// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.ZpageBatch;

/**
 * The batches of one ring: how many, how large, and where their buffers come from.
 *
 * @param slots batches in the ring, a power of two, 2 or more
 * @param batchBytes size of a batch, a multiple of {@link Pipeline#BUFFER_ALIGNMENT}
 * @param source makes the buffers
 */
public record RingMemory(int slots, int batchBytes, BatchMemory source) {
  /**
   * Memory that the buffers of a ring take.
   *
   * @param slots batches in the ring
   * @param batchBytes size of a batch
   * @return bytes
   */
  public static long bytes(int slots, int batchBytes) {
    return (long) slots * (batchBytes + Pipeline.BUFFER_ALIGNMENT);
  }

  BatchSlot newSlot(int pageBytes) {
    return new BatchSlot(new ZpageBatch(source.allocate(batchBytes), pageBytes));
  }
}
