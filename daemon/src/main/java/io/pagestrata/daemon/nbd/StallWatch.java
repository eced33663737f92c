// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client takes no byte of what is ready for it, and so would keep its
 * share of buffers for ever. A connection with nothing to send is left alone, however long.
 *
 * <p>Looks a few times per timeout instead of at every write. A mark is queued behind what waits:
 * until it comes out, the head of the queue is one of a known set of live objects, so the same head
 * with the same progress at two looks means that nothing was taken in between. Belongs to one
 * connection and its event loop.
 */
final class StallWatch extends ChannelHandlerAdapter {
  static final int LOOKS_PER_TIMEOUT = 4;

  private final Duration timeout;
  private Future<?> looks;
  private ChannelPromise mark;
  private Object head;
  private long progress;
  private int stalledLooks;

  StallWatch(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    long nanos = timeout.toNanos() / LOOKS_PER_TIMEOUT;
    looks = ctx.executor().scheduleAtFixedRate(() -> look(ctx), nanos, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    looks.cancel(false);
  }

  private void look(ChannelHandlerContext ctx) {
    ChannelOutboundBuffer queue = ctx.channel().unsafe().outboundBuffer();
    Object current = queue == null ? null : queue.current();
    if (current == null) {
      mark = null;
      head = null;
      return;
    }
    boolean same =
        mark != null && !mark.isDone() && current == head && queue.currentProgress() == progress;
    if (!same) {
      stalledLooks = 0;
      head = current;
      progress = queue.currentProgress();
      mark = ctx.newPromise();
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER, mark);
    } else if (++stalledLooks == LOOKS_PER_TIMEOUT) {
      ConnectionLog.stalled(ctx.channel(), timeout);
      ctx.close();
    }
  }
}
