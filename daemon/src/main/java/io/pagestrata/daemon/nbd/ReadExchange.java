// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A READ or CACHE on worker threads, piece by piece; a few pieces at once, each queued behind what
 * other requests want meanwhile.
 */
final class ReadExchange extends Exchange implements Runnable {
  private static final int PIECES_AT_ONCE = 4;

  private final ExecutorService workers;
  private final int pieces;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReferenceArray<ByteBuf> data;

  ReadExchange(Connection connection, Request request, ExecutorService workers) {
    super(connection, request, Pieces.count(request.offset(), request.length()));
    this.workers = workers;
    pieces = Pieces.count(request.offset(), request.length());
    data = new AtomicReferenceArray<>(isRead() ? pieces : 0);
  }

  private boolean isRead() {
    return request.type() == NbdProtocol.CMD_READ;
  }

  void start() {
    for (int i = 0; i < Math.min(pieces, PIECES_AT_ONCE); i++) {
      workers.execute(this);
    }
  }

  @Override
  public void run() {
    int piece = next.getAndIncrement();
    attempt(() -> readPiece(piece));
    // Before the part ends, since the last one to end gives the exchange away.
    if (piece + PIECES_AT_ONCE < pieces) {
      workers.execute(this);
    }
    endPart();
  }

  private void readPiece(int piece) {
    long start = Pieces.start(request.offset(), piece);
    int bytes = Pieces.bytes(start, request.offset() + request.length());
    if (!isRead()) {
      export.io().prefetch(start, bytes);
      return;
    }
    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
    data.set(piece, buffer);
    export.io().read(start, buffer.internalNioBuffer(0, bytes), false);
    buffer.writerIndex(bytes);
  }

  @Override
  long chargedBytes() {
    return super.chargedBytes() + (isRead() ? request.length() : 0);
  }

  @Override
  void reply(Outlet out, ReplyEncoder encoder) {
    if (error() != NbdProtocol.OK || !isRead()) {
      discard();
      super.reply(out, encoder);
      return;
    }
    ByteBuf prefix = out.buffer(encoder.dataPrefixBytes());
    encoder.data(prefix, request);
    out.write(prefix);
    for (int i = 0; i < pieces; i++) {
      out.write(data.getAndSet(i, null));
    }
  }

  @Override
  void discard() {
    for (int i = 0; i < data.length(); i++) {
      ByteBuf buffer = data.getAndSet(i, null);
      if (buffer != null) {
        buffer.release();
      }
    }
  }
}
