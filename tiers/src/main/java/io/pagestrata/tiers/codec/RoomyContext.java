// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.codec.CodecContext;
import java.nio.ByteBuffer;

/**
 * Gives the codec libraries room for their worst case, because both answer a buffer that is too
 * small with an exception, which is a costly way to say that a page does not shrink.
 *
 * <p>A caller that offers the worst case itself pays nothing; for one that does not, the page is
 * compressed into a buffer of the context's own and copied when it fits.
 */
abstract class RoomyContext implements CodecContext {
  private ByteBuffer bounce;

  /** Most bytes that a page of this size can grow to. */
  abstract int worstCaseBytes(int sourceBytes);

  /** Compresses with room for the worst case. */
  abstract int compressRoomy(
      ByteBuffer source,
      int sourceOffset,
      int sourceBytes,
      ByteBuffer target,
      int targetOffset,
      int capacity);

  @Override
  public final int compress(
      ByteBuffer source,
      int sourceOffset,
      int sourceBytes,
      ByteBuffer target,
      int targetOffset,
      int capacity) {
    int worstCase = worstCaseBytes(sourceBytes);
    if (capacity >= worstCase) {
      return compressRoomy(source, sourceOffset, sourceBytes, target, targetOffset, capacity);
    }
    if (bounce == null || bounce.capacity() < worstCase) {
      bounce = ByteBuffer.allocateDirect(worstCase);
    }
    int bytes = compressRoomy(source, sourceOffset, sourceBytes, bounce, 0, worstCase);
    if (bytes > capacity) {
      return DOES_NOT_FIT;
    }
    target.put(targetOffset, bounce, 0, bytes);
    return bytes;
  }
}
