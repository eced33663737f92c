// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Off-heap room for the stubs of groups: for each zpage its header, two backings and the number of
 * the one that counts. Charged to the budget when it is mapped, reused, given back at the end.
 */
final class StubMemory implements AutoCloseable {
  /** Bytes for one zpage: 32 of header, 16 of backings, 1 of version. */
  static final int STUB_BYTES = ZpageHeader.BYTES + 2 * Long.BYTES + 1;

  /** Bytes for one group; a multiple of 8, so that longs are aligned. */
  static final int GROUP_BYTES = Group.ZPAGES * STUB_BYTES;

  private static final int GROUPS_PER_CHUNK = 64;
  private static final int CHUNK_BYTES = GROUPS_PER_CHUNK * GROUP_BYTES;

  /** Room of one group: memory and the first byte in it. */
  record Room(ByteBuffer memory, int start) {}

  private final MemoryBudget budget;
  private final List<OffHeapMemory> chunks = new ArrayList<>();
  private final Deque<Room> free = new ArrayDeque<>();

  StubMemory(MemoryBudget budget) {
    this.budget = budget;
  }

  /** Room for one group, or null when the budget has none. */
  synchronized Room take() {
    if (free.isEmpty()) {
      if (!budget.tryCharge(CHUNK_BYTES)) {
        return null;
      }
      OffHeapMemory chunk;
      try {
        chunk = new OffHeapMemory(CHUNK_BYTES, false);
      } catch (IllegalStateException e) {
        budget.release(CHUNK_BYTES);
        throw e;
      }
      chunks.add(chunk);
      for (int i = 0; i < GROUPS_PER_CHUNK; i++) {
        free.add(new Room(chunk.slabs()[0], i * GROUP_BYTES));
      }
    }
    // The one given back last: its memory is warm.
    return free.pop();
  }

  synchronized void giveBack(Room room) {
    free.push(room);
  }

  @Override
  public synchronized void close() {
    free.clear();
    for (OffHeapMemory chunk : chunks) {
      chunk.close();
      budget.release(CHUNK_BYTES);
    }
    chunks.clear();
  }
}
