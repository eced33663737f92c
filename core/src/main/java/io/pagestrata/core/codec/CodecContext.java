// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.codec;

import java.nio.ByteBuffer;

/**
 * Working memory of one codec, used by one thread at a time.
 *
 * <p>Both calls work on absolute offsets of direct buffers, leave position and limit alone, and do
 * not allocate. Not thread-safe: hazard H13 is a shared context.
 */
public interface CodecContext extends AutoCloseable {
  /** Result of {@link #compress} when the payload would not fit. */
  int DOES_NOT_FIT = -1;

  /**
   * Says of which pool the pages are that are compressed from now on.
   *
   * @param pool id of the pool
   * @return id of the codec that the payloads name, 0 to 255
   */
  int codecFor(int pool);

  /**
   * Compresses one page.
   *
   * <p>The source may change during the call (a caller that breaks the rules): the result is then
   * any payload, but never more than {@code capacity} bytes (hazard H12).
   *
   * @param source direct buffer that holds the page
   * @param sourceOffset first byte of the page
   * @param sourceBytes page size
   * @param target direct buffer that takes the payload
   * @param targetOffset first byte to write
   * @param capacity most bytes to write
   * @return payload bytes, or {@link #DOES_NOT_FIT}
   */
  int compress(
      ByteBuffer source,
      int sourceOffset,
      int sourceBytes,
      ByteBuffer target,
      int targetOffset,
      int capacity);

  /**
   * Decompresses one page; never reads or writes outside the given ranges, whatever the payload
   * holds.
   *
   * @param payload direct buffer that holds the payload
   * @param payloadOffset first byte of the payload
   * @param payloadBytes length of the payload
   * @param target direct buffer that takes the page
   * @param targetOffset first byte to write
   * @param pageBytes page size, the exact length of the result
   * @throws CodecException when the payload does not decode to exactly {@code pageBytes} bytes
   */
  void decompress(
      ByteBuffer payload,
      int payloadOffset,
      int payloadBytes,
      ByteBuffer target,
      int targetOffset,
      int pageBytes)
      throws CodecException;

  /** Gives the native memory back; the context must not be used again. */
  @Override
  void close();
}
