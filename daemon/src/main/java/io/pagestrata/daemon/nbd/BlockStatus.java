// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;

/** The answer to a BLOCK_STATUS: neighbouring extents that differ. Belongs to one request. */
final class BlockStatus {
  static final int EXTENT_BYTES = 8;

  /** A client asks again for the rest. */
  private static final int MOST_EXTENTS = 1024;

  private final int[] lengths;
  private final int[] states;
  private int count;

  /**
   * Makes an empty answer.
   *
   * @param one whether the client wants one extent only
   */
  BlockStatus(boolean one) {
    int most = one ? 1 : MOST_EXTENTS;
    lengths = new int[most];
    states = new int[most];
  }

  boolean isFull() {
    return count == lengths.length;
  }

  int count() {
    return count;
  }

  void add(long bytes, int state) {
    lengths[count] = (int) bytes;
    states[count] = state;
    count++;
  }

  void writeTo(ByteBuf out) {
    for (int i = 0; i < count; i++) {
      out.writeInt(lengths[i]).writeInt(states[i]);
    }
  }
}
