// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;

/**
 * Writes replies of the transmission phase, simple or structured, as the connection agreed on.
 * Immutable.
 *
 * @param structured whether structured replies were negotiated
 */
record ReplyEncoder(boolean structured) {
  /** Bytes in front of the data of a READ. */
  int dataPrefixBytes() {
    return structured
        ? NbdProtocol.CHUNK_HEADER_BYTES + Long.BYTES
        : NbdProtocol.SIMPLE_REPLY_BYTES;
  }

  /** Bytes that hold any reply without data. */
  int statusBytes() {
    return NbdProtocol.CHUNK_HEADER_BYTES + Integer.BYTES + Short.BYTES;
  }

  /** What stands in front of the data of a READ that succeeded; the whole range in one chunk. */
  void data(ByteBuf out, Request request) {
    if (structured) {
      chunk(out, NbdProtocol.CHUNK_OFFSET_DATA, request, Long.BYTES + (int) request.length());
      out.writeLong(request.offset());
    } else {
      simple(out, request, NbdProtocol.OK);
    }
  }

  /** A whole reply without data; error 0 is success. */
  void status(ByteBuf out, Request request, int error) {
    if (!structured) {
      simple(out, request, error);
    } else if (error == NbdProtocol.OK) {
      chunk(out, NbdProtocol.CHUNK_NONE, request, 0);
    } else {
      chunk(out, NbdProtocol.CHUNK_ERROR, request, Integer.BYTES + Short.BYTES);
      out.writeInt(error).writeShort(0);
    }
  }

  /** The whole reply to a BLOCK_STATUS: pairs of length and state. */
  void blockStatus(ByteBuf out, Request request, BlockStatus extents) {
    chunk(
        out,
        NbdProtocol.CHUNK_BLOCK_STATUS,
        request,
        Integer.BYTES + extents.count() * BlockStatus.EXTENT_BYTES);
    out.writeInt(NbdProtocol.ALLOCATION_CONTEXT_ID);
    extents.writeTo(out);
  }

  private static void simple(ByteBuf out, Request request, int error) {
    out.writeInt(NbdProtocol.SIMPLE_REPLY_MAGIC).writeInt(error).writeLong(request.cookie());
  }

  private static void chunk(ByteBuf out, int type, Request request, int length) {
    out.writeInt(NbdProtocol.STRUCTURED_REPLY_MAGIC)
        .writeShort(NbdProtocol.CHUNK_DONE)
        .writeShort(type)
        .writeLong(request.cookie())
        .writeInt(length);
  }
}
