// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import com.github.luben.zstd.ZstdException;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;

/**
 * What is the same with every codec library: room for the worst case, and one way to tell damage.
 *
 * <p>The room is given because they answer a buffer that is too small with an exception, which is a
 * costly way to say that a page does not shrink. A caller that offers the worst case itself pays
 * nothing; for one that does not, the page is compressed into a buffer of the context's own and
 * copied when it fits.
 */
abstract class LibraryContext implements CodecContext {
  private ByteBuffer bounce;

  /** What messages call the codec. */
  abstract String codecName();

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

  /** Decompresses a payload, and returns how many bytes it became; the library may throw. */
  abstract int decompressAny(
      ByteBuffer payload,
      int payloadOffset,
      int payloadBytes,
      ByteBuffer target,
      int targetOffset,
      int pageBytes)
      throws CodecException;

  @Override
  public final void decompress(
      ByteBuffer payload,
      int payloadOffset,
      int payloadBytes,
      ByteBuffer target,
      int targetOffset,
      int pageBytes)
      throws CodecException {
    int bytes;
    try {
      bytes = decompressAny(payload, payloadOffset, payloadBytes, target, targetOffset, pageBytes);
    } catch (LZ4Exception | ZstdException e) {
      throw new CodecException(
          codecName() + " payload of " + payloadBytes + " bytes is damaged", e);
    }
    if (bytes != pageBytes) {
      throw WrongLength.of(codecName(), pageBytes, bytes);
    }
  }
}
