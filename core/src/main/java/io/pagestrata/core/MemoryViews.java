// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A thread's own views of the buffers that make up pool memory, kept so that a get makes none.
 *
 * <p>A RAM tier has one buffer per GiB, so the views of even a large one all stay; beyond that the
 * oldest is made anew. Belongs to a lane.
 */
final class MemoryViews {
  private static final int MOST = 64;

  private final ByteBuffer[] memories = new ByteBuffer[MOST];
  private final ByteBuffer[] views = new ByteBuffer[MOST];
  private int last;
  private int next;

  ByteBuffer of(ByteBuffer memory) {
    if (memories[last] == memory) {
      return views[last];
    }
    for (int i = 0; i < MOST && memories[i] != null; i++) {
      if (memories[i] == memory) {
        last = i;
        return views[i];
      }
    }
    last = next;
    next = (next + 1) % MOST;
    memories[last] = memory;
    views[last] = memory.duplicate();
    return views[last];
  }

  /** Forgets every view, so that the memory can be released. */
  void clear() {
    Arrays.fill(memories, null);
    Arrays.fill(views, null);
  }
}
