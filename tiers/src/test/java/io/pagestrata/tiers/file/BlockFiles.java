// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Refuses what direct I/O refuses: reads and writes that are not made of whole blocks. */
final class BlockFiles extends ForwardingFiles {
  BlockFiles(SegmentFiles files) {
    super(files);
  }

  private static void check(ByteBuffer buffer, long offset) throws IOException {
    if ((offset | buffer.remaining()) % AlignedBuffers.BLOCK_BYTES != 0) {
      throw new IOException(
          "Invalid argument: " + buffer.remaining() + " bytes at offset " + offset);
    }
  }

  @Override
  protected SegmentFile wrapped(SegmentFile file, String name) {
    return new ForwardingFile(file) {
      @Override
      public int read(ByteBuffer target, long offset) throws IOException {
        check(target, offset);
        return super.read(target, offset);
      }

      @Override
      public int write(ByteBuffer source, long offset) throws IOException {
        check(source, offset);
        return super.write(source, offset);
      }
    };
  }
}
