// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.ExecutorService;

/**
 * A WRITE on worker threads: the payload is taken off the connection piece by piece, and each piece
 * is written as soon as it is there. A refused write may have written other pieces.
 */
final class WriteExchange extends Exchange {
  private final ExecutorService workers;
  private long at;
  private long left;
  private ByteBuf piece;

  /** The intake is a part of its own, so that the exchange does not end before it. */
  WriteExchange(Connection connection, Request request, ExecutorService workers, int error) {
    super(connection, request, 1);
    this.workers = workers;
    at = request.offset();
    left = request.length();
    if (error != NbdProtocol.OK) {
      fail(error);
    }
  }

  /**
   * Takes payload, on the event loop.
   *
   * @return true when all of it was taken; otherwise the input is empty or a piece has to wait for
   *     its turn
   */
  boolean take(ByteBuf in) {
    while (left > 0 && in.isReadable()) {
      if (error() != NbdProtocol.OK) {
        int skipped = (int) Math.min(left, in.readableBytes());
        in.skipBytes(skipped);
        left -= skipped;
        dropPiece();
        continue;
      }
      if (piece == null && !nextPiece()) {
        return false;
      }
      if (piece != null) {
        int taken = Math.min(piece.writableBytes(), in.readableBytes());
        piece.writeBytes(in, taken);
        left -= taken;
        if (!piece.isWritable()) {
          submit();
        }
      }
    }
    if (left == 0) {
      endPart();
      return true;
    }
    return false;
  }

  private boolean nextPiece() {
    int bytes = Pieces.bytes(at, at + left);
    if (!connection.charge(bytes)) {
      return false;
    }
    try {
      piece = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
    } catch (OutOfMemoryError e) {
      connection.inFlight().release(bytes);
      fail(Failures.errorOf(export.settings(), e));
    }
    return true;
  }

  private void submit() {
    ByteBuf full = piece;
    long offset = at;
    piece = null;
    at += full.capacity();
    addPart();
    workers.execute(
        () -> {
          attempt(() -> write(offset, full));
          free(full);
          endPart();
        });
  }

  private void write(long offset, ByteBuf full) {
    if (!export.io().write(offset, full.internalNioBuffer(0, full.capacity()), false)) {
      refuse();
    }
  }

  private void free(ByteBuf done) {
    int bytes = done.capacity();
    done.release();
    connection.inFlight().release(bytes);
  }

  private void dropPiece() {
    if (piece != null) {
      ByteBuf dropped = piece;
      piece = null;
      free(dropped);
    }
  }

  /** Ends a payload that will never be complete, on the event loop. */
  void abandon() {
    dropPiece();
    endPart();
  }
}
