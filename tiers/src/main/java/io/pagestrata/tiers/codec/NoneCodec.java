// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import java.nio.ByteBuffer;

/** Leaves pages as they are; also decodes the zpages of pages that did not shrink. */
final class NoneCodec implements PageCodec {
  static final String NAME = "none";

  @Override
  public int id() {
    return NONE_ID;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public CodecContext newContext() {
    return new Context();
  }

  @Override
  public String toString() {
    return NAME;
  }

  private static final class Context implements CodecContext {
    @Override
    public int codecFor(int pool) {
      return NONE_ID;
    }

    @Override
    public int compress(
        ByteBuffer source,
        int sourceOffset,
        int sourceBytes,
        ByteBuffer target,
        int targetOffset,
        int capacity) {
      if (sourceBytes > capacity) {
        return DOES_NOT_FIT;
      }
      target.put(targetOffset, source, sourceOffset, sourceBytes);
      return sourceBytes;
    }

    @Override
    public void decompress(
        ByteBuffer payload,
        int payloadOffset,
        int payloadBytes,
        ByteBuffer target,
        int targetOffset,
        int pageBytes)
        throws CodecException {
      if (payloadBytes != pageBytes) {
        throw WrongLength.of(NAME, pageBytes, payloadBytes);
      }
      target.put(targetOffset, payload, payloadOffset, pageBytes);
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}
