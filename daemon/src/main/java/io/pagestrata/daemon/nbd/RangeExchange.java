// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;

/** A TRIM, WRITE_ZEROES or BLOCK_STATUS as one piece of work on a worker thread. */
final class RangeExchange extends Exchange implements Runnable {
  private final BlockStatus status;

  RangeExchange(Connection connection, Request request) {
    super(connection, request, 1);
    status =
        request.type() == NbdProtocol.CMD_BLOCK_STATUS
            ? new BlockStatus(request.has(NbdProtocol.CMD_FLAG_REQ_ONE))
            : null;
  }

  @Override
  public void run() {
    attempt(this::work);
    endPart();
  }

  private void work() {
    if (status != null) {
      export.io().status(request.offset(), request.length(), status);
      return;
    }
    boolean hole = !request.has(NbdProtocol.CMD_FLAG_NO_HOLE);
    if (!export.io().zero(request.offset(), request.length(), hole)) {
      refuse();
    }
  }

  @Override
  void reply(Outlet out, ReplyEncoder encoder) {
    if (status == null || error() != NbdProtocol.OK) {
      super.reply(out, encoder);
      return;
    }
    ByteBuf answer = out.buffer(encoder.statusBytes() + status.count() * BlockStatus.EXTENT_BYTES);
    encoder.blockStatus(answer, request, status);
    out.write(answer);
  }
}
