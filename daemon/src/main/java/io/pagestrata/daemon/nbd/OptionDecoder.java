// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Takes client flags and options out of the handshake. Needs an input that keeps what was not
 * taken; keeps at most one option's data waiting there. Belongs to one connection.
 */
final class OptionDecoder {
  private static final int KNOWN_FLAGS =
      NbdProtocol.FLAG_FIXED_NEWSTYLE | NbdProtocol.FLAG_NO_ZEROES;

  private boolean flagsSeen;
  private boolean noZeroes;
  private long skipBytes;
  private int skippedOption;

  /** Whether the client wants no padding behind the answer to EXPORT_NAME. */
  boolean noZeroes() {
    return noZeroes;
  }

  /**
   * Takes the next option.
   *
   * @param in what has arrived
   * @return the option, its data a slice of the input, or null when more bytes are needed
   * @throws CorruptedFrameException when this is no NBD client of ours
   */
  OptionRequest next(ByteBuf in) {
    if (!flagsSeen) {
      if (in.readableBytes() < Integer.BYTES) {
        return null;
      }
      int flags = in.readInt();
      if ((flags & ~KNOWN_FLAGS) != 0) {
        throw new CorruptedFrameException("unknown client flags " + Integer.toHexString(flags));
      }
      noZeroes = (flags & NbdProtocol.FLAG_NO_ZEROES) != 0;
      flagsSeen = true;
    }
    if (skipBytes > 0) {
      return skip(in);
    }
    if (in.readableBytes() < NbdProtocol.OPTION_HEADER_BYTES) {
      return null;
    }
    int at = in.readerIndex();
    if (in.getLong(at) != NbdProtocol.OPTION_MAGIC) {
      throw new CorruptedFrameException("no option: magic " + Long.toHexString(in.getLong(at)));
    }
    int code = in.getInt(at + 8);
    long bytes = in.getUnsignedInt(at + 12);
    if (bytes > OptionRequest.MOST_DATA_BYTES) {
      in.skipBytes(NbdProtocol.OPTION_HEADER_BYTES);
      skippedOption = code;
      skipBytes = bytes;
      return skip(in);
    }
    if (in.readableBytes() < NbdProtocol.OPTION_HEADER_BYTES + bytes) {
      return null;
    }
    in.skipBytes(NbdProtocol.OPTION_HEADER_BYTES);
    return new OptionRequest(code, in.readSlice((int) bytes), false);
  }

  private OptionRequest skip(ByteBuf in) {
    int now = (int) Math.min(skipBytes, in.readableBytes());
    in.skipBytes(now);
    skipBytes -= now;
    return skipBytes > 0 ? null : new OptionRequest(skippedOption, in.readSlice(0), true);
  }
}
