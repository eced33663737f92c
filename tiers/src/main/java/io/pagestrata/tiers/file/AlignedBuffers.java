// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.nio.ByteBuffer;

/** Makes direct buffers that start at a block boundary, as direct I/O wants them. */
final class AlignedBuffers {
  /** Alignment of address, offset and length in direct I/O. */
  static final int BLOCK_BYTES = 4096;

  private AlignedBuffers() {}

  static ByteBuffer allocate(int bytes) {
    // An aligned slice loses up to a block at either end.
    int whole = (int) ceil(bytes, BLOCK_BYTES) + BLOCK_BYTES;
    return ByteBuffer.allocateDirect(whole).alignedSlice(BLOCK_BYTES).slice(0, bytes);
  }

  /** Rounds down to a multiple of a power of two. */
  static long floor(long value, int alignment) {
    return value & -alignment;
  }

  /** Rounds up to a multiple of a power of two. */
  static long ceil(long value, int alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
