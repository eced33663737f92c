// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.nio.ByteBuffer;

/** Makes direct buffers that start at a block boundary, as direct I/O wants them. */
final class AlignedBuffers {
  /** Alignment of address, offset and length in direct I/O. */
  static final int BLOCK_BYTES = 4096;

  private AlignedBuffers() {}

  static ByteBuffer allocate(int bytes) {
    // An aligned slice ends at a multiple, too: rounded up first, it keeps the bytes asked for.
    int whole = (int) ceil(bytes, BLOCK_BYTES);
    ByteBuffer aligned = ByteBuffer.allocateDirect(whole + BLOCK_BYTES).alignedSlice(BLOCK_BYTES);
    return aligned.slice(0, bytes);
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
