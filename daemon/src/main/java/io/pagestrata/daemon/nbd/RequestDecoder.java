// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.ByteBuffer;

/** Takes request headers out of a stream that may break anywhere. Belongs to one connection. */
final class RequestDecoder {
  private final byte[] started = new byte[NbdProtocol.REQUEST_BYTES];
  private int startedBytes;

  /**
   * Takes the next header.
   *
   * @param in what has arrived; bytes of an unfinished header are taken too
   * @return the header, or null when more bytes are needed
   * @throws CorruptedFrameException when this is no request, after which nothing can be understood
   */
  Request next(ByteBuf in) {
    if (startedBytes == 0 && in.readableBytes() >= NbdProtocol.REQUEST_BYTES) {
      int at = in.readerIndex();
      in.skipBytes(NbdProtocol.REQUEST_BYTES);
      return decode(
          in.getInt(at),
          in.getUnsignedShort(at + 4),
          in.getUnsignedShort(at + 6),
          in.getLong(at + 8),
          in.getLong(at + 16),
          in.getUnsignedInt(at + 24));
    }
    int taken = Math.min(in.readableBytes(), started.length - startedBytes);
    in.readBytes(started, startedBytes, taken);
    startedBytes += taken;
    if (startedBytes < started.length) {
      return null;
    }
    startedBytes = 0;
    ByteBuffer header = ByteBuffer.wrap(started);
    return decode(
        header.getInt(),
        Short.toUnsignedInt(header.getShort()),
        Short.toUnsignedInt(header.getShort()),
        header.getLong(),
        header.getLong(),
        Integer.toUnsignedLong(header.getInt()));
  }

  private static Request decode(
      int magic, int flags, int type, long cookie, long offset, long length) {
    if (magic != NbdProtocol.REQUEST_MAGIC) {
      throw new CorruptedFrameException("no request: magic " + Integer.toHexString(magic));
    }
    return new Request(flags, type, cookie, offset, length);
  }
}
