// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.nio.ByteBuffer;

/**
 * A thread's own views of the buffers that make up pool memory, kept so that a get makes none.
 *
 * <p>Open addressing by identity. A RAM tier has one buffer per GiB, so a table of a terabyte is
 * small; when a tier releases buffers and maps others for ever, all views are made anew once in a
 * while. Belongs to a lane.
 */
final class MemoryViews {
  private static final int FIRST_SLOTS = 16;
  private static final int MOST_SLOTS = 1 << 13;

  private ByteBuffer[] memories = new ByteBuffer[FIRST_SLOTS];
  private ByteBuffer[] views = new ByteBuffer[FIRST_SLOTS];
  private int last;
  private int used;

  ByteBuffer of(ByteBuffer memory) {
    if (memories[last] != memory) {
      last = find(memory);
    }
    return views[last];
  }

  private int find(ByteBuffer memory) {
    int slot = slotOf(memory);
    if (memories[slot] != null) {
      return slot;
    }
    if (2 * used >= memories.length) {
      grow();
      slot = slotOf(memory);
    }
    memories[slot] = memory;
    views[slot] = memory.duplicate();
    used++;
    return slot;
  }

  /** Where a buffer is, or where it would be. */
  private int slotOf(ByteBuffer memory) {
    int mask = memories.length - 1;
    int slot = System.identityHashCode(memory) & mask;
    while (memories[slot] != null && memories[slot] != memory) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    ByteBuffer[] oldMemories = memories;
    ByteBuffer[] oldViews = views;
    int slots = memories.length == MOST_SLOTS ? FIRST_SLOTS : memories.length * 2;
    memories = new ByteBuffer[slots];
    views = new ByteBuffer[slots];
    last = 0;
    used = 0;
    for (int i = 0; slots > FIRST_SLOTS && i < oldMemories.length; i++) {
      if (oldMemories[i] != null) {
        int slot = slotOf(oldMemories[i]);
        memories[slot] = oldMemories[i];
        views[slot] = oldViews[i];
        used++;
      }
    }
  }

  /** Forgets every view, so that the memory can be released. */
  void clear() {
    memories = new ByteBuffer[FIRST_SLOTS];
    views = new ByteBuffer[FIRST_SLOTS];
    last = 0;
    used = 0;
  }
}
