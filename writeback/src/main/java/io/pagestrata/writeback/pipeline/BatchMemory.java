// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import java.nio.ByteBuffer;

/**
 * Where the buffers of batches come from.
 *
 * <p>Asked while writeback is made, by one thread; closed by writeback once none of its threads can
 * touch a buffer any more, and never when one of them hangs.
 */
public interface BatchMemory extends AutoCloseable {
  /**
   * Makes memory of the JVM's own, which {@code -XX:MaxDirectMemorySize} limits and the garbage
   * collector gives back.
   *
   * @return a source without state
   */
  static BatchMemory ofTheJvm() {
    return new BatchMemory() {
      @Override
      public ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes + Pipeline.BUFFER_ALIGNMENT)
            .alignedSlice(Pipeline.BUFFER_ALIGNMENT)
            .slice(0, bytes);
      }

      @Override
      public void close() {
        // The collector does it.
      }
    };
  }

  /**
   * Makes one buffer.
   *
   * @param bytes its capacity
   * @return a direct buffer that starts at a multiple of {@link Pipeline#BUFFER_ALIGNMENT}
   */
  ByteBuffer allocate(int bytes);

  /** Gives all buffers back. Idempotent. */
  @Override
  void close();
}
