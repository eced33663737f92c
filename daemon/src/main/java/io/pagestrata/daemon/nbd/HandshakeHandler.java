// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.pagestrata.daemon.nbd.Negotiation.Step;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The handshake phase of one connection: greeting, options one by one, TLS on the way if asked for;
 * then makes place for the {@link Connection}. Ends what takes too long.
 */
final class HandshakeHandler extends ByteToMessageDecoder {
  private final Negotiation negotiation;
  private final Optional<SslContext> tls;
  private final NbdLimits limits;
  private final ConnectionFactory connections;
  private final OptionDecoder options = new OptionDecoder();
  private Future<?> timeout;
  private boolean closing;

  /** Makes what serves the requests. */
  interface ConnectionFactory {
    Connection make(ExportDirectory.Export export, boolean structured, boolean hasContext);
  }

  HandshakeHandler(
      Negotiation negotiation,
      Optional<SslContext> tls,
      NbdLimits limits,
      ConnectionFactory connections) {
    this.negotiation = negotiation;
    this.tls = tls;
    this.limits = limits;
    this.connections = connections;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    timeout =
        ctx.executor()
            .schedule(
                () -> channel.close(), limits.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS);
    ByteBuf out = ctx.alloc().ioBuffer();
    OptionReplies.greeting(out);
    ctx.writeAndFlush(out);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (closing) {
      in.skipBytes(in.readableBytes());
      return;
    }
    // A client that asks and asks and never reads gets no further until it does.
    if (!ctx.channel().isWritable()) {
      ctx.channel().config().setAutoRead(false);
      return;
    }
    OptionRequest request = options.next(in);
    if (request == null) {
      return;
    }
    ByteBuf reply = ctx.alloc().ioBuffer();
    Step step = negotiation.answer(request, options.noZeroes(), reply);
    switch (step) {
      case CONTINUE -> ctx.writeAndFlush(reply);
      case TRANSMIT -> {
        ctx.writeAndFlush(reply);
        ExportDirectory.Export export = negotiation.chosen();
        ctx.channel().closeFuture().addListener(done -> export.share().leave());
        ctx.pipeline()
            .addLast(
                new StallWatch(limits.stallTimeout()),
                connections.make(
                    export, negotiation.structured(), negotiation.allocationContext()));
        ctx.pipeline().remove(this);
      }
      case START_TLS -> startTls(ctx, in, reply);
      case CLOSE -> {
        closing = true;
        ctx.writeAndFlush(reply).addListener(ChannelFutureListener.CLOSE);
      }
    }
  }

  private void startTls(ChannelHandlerContext ctx, ByteBuf in, ByteBuf reply) {
    // Bytes sent before the TLS handshake must not count as sent after it.
    if (in.isReadable()) {
      closing = true;
      reply.release();
      ctx.close();
      return;
    }
    ctx.writeAndFlush(reply);
    SslHandler handler = tls.orElseThrow().newHandler(ctx.alloc());
    ctx.pipeline().addFirst(handler);
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                negotiation.encrypted(ClientNames.of(handler.engine().getSession()));
              } else {
                ctx.close();
              }
            });
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    if (ctx.channel().isWritable()) {
      ctx.channel().config().setAutoRead(true);
      channelRead(ctx, ctx.alloc().buffer(0));
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    timeout.cancel(false);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionLog.ended(ctx.channel(), cause);
    ctx.close();
  }
}
