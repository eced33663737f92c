// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pagestrata.daemon.nbd.ExportDirectory.Export;

/**
 * Serves short requests on the event loop, straight between its buffers and the store, as long as
 * nothing has to wait; and not too many in one burst, so that other connections of the same loop
 * get their turn. Belongs to one connection.
 */
final class NearService {
  /** Answer: a worker has to do it. */
  static final int NOT_NEAR = -1;

  private static final int MOST_BYTES = 64 << 10;
  private static final int MOST_BURST_BYTES = 512 << 10;

  private final Export export;
  private final ReplyEncoder encoder;
  private int burstBytes;

  NearService(Export export, ReplyEncoder encoder) {
    this.export = export;
    this.encoder = encoder;
  }

  void startBurst() {
    burstBytes = 0;
  }

  private boolean takes(Request request) {
    if (request.length() > MOST_BYTES || burstBytes > MOST_BURST_BYTES) {
      return false;
    }
    burstBytes += (int) request.length();
    return true;
  }

  /** The whole reply, or null when a worker has to do it. */
  ByteBuf read(Request request, ByteBufAllocator buffers) {
    if (!takes(request)) {
      return null;
    }
    int prefix = encoder.dataPrefixBytes();
    int bytes = (int) request.length();
    ByteBuf reply = buffers.directBuffer(prefix + bytes, prefix + bytes);
    encoder.data(reply, request);
    try {
      if (export.io().read(request.offset(), reply.internalNioBuffer(prefix, bytes), true)) {
        return reply.writerIndex(prefix + bytes);
      }
    } catch (RuntimeException e) {
      reply.clear();
      encoder.status(reply, request, Failures.errorOf(export.settings(), e));
      return reply;
    }
    reply.release();
    return null;
  }

  /** The error number of a write whose payload is there, or {@link #NOT_NEAR}. */
  int write(Request request, ByteBuf in) {
    int bytes = (int) request.length();
    if (in.readableBytes() < bytes || in.nioBufferCount() != 1 || !takes(request)) {
      return NOT_NEAR;
    }
    try {
      boolean done =
          export.io().write(request.offset(), in.internalNioBuffer(in.readerIndex(), bytes), true);
      if (!done) {
        return NOT_NEAR;
      }
      in.skipBytes(bytes);
      return NbdProtocol.OK;
    } catch (RuntimeException e) {
      in.skipBytes(bytes);
      return Failures.errorOf(export.settings(), e);
    }
  }
}
