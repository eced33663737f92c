// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.pagestrata.daemon.nbd.ExportDirectory.Export;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The transmission phase of one connection.
 *
 * <p>Short requests that need neither disk nor room are served on the event loop, where they cost
 * no change of thread; all others go to the {@link Workers}, whose replies are written in the order
 * in which they end. The loop stops reading while more is in flight than the limits allow, or while
 * the client does not read its replies. Fields belong to the event loop unless they are final or
 * volatile.
 */
final class Connection extends ChannelInboundHandlerAdapter implements Exchange.Outlet {
  private final Export export;
  private final ReplyEncoder encoder;
  private final boolean hasContext;
  private final Workers workers;
  private final ConnectionInFlight inFlight;
  private final NearService near;
  private final RequestDecoder decoder = new RequestDecoder();
  private final Queue<ByteBuf> received = new ArrayDeque<>();
  private final Queue<Exchange> ended = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private ChannelHandlerContext context;
  private Request waiting;
  private WriteExchange intake;
  private int openExchanges;
  private boolean finishing;
  private volatile boolean paused;
  private volatile boolean gone;

  Connection(
      Export export,
      boolean structured,
      boolean hasContext,
      Workers workers,
      ConnectionInFlight inFlight) {
    this.export = export;
    this.encoder = new ReplyEncoder(structured);
    this.hasContext = hasContext;
    this.workers = workers;
    this.inFlight = inFlight;
    this.near = new NearService(export, encoder);
  }

  Export export() {
    return export;
  }

  ConnectionInFlight inFlight() {
    return inFlight;
  }

  /** Whether nobody waits for replies any more. */
  boolean isGone() {
    return gone;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    received.add((ByteBuf) message);
    serve();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    near.startBurst();
    ctx.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      mayResume();
    }
  }

  /** Serves what was received, as far as the limits allow. */
  private void serve() {
    ByteBuf in = received.peek();
    while (in != null && !gone && !finishing) {
      if (!serve(in)) {
        pause();
        return;
      }
      received.remove().release();
      in = received.peek();
    }
    if (gone || finishing) {
      received.forEach(ByteBuf::release);
      received.clear();
    }
  }

  /** Serves one buffer; false when it has to wait. */
  private boolean serve(ByteBuf in) {
    while (!gone && !finishing) {
      if (intake != null) {
        if (!intake.take(in)) {
          return !in.isReadable();
        }
        intake = null;
      }
      if (waiting == null) {
        waiting = decoder.next(in);
        if (waiting == null) {
          return true;
        }
      }
      if (!start(waiting, in)) {
        return false;
      }
      waiting = null;
    }
    return true;
  }

  /** Begins a request; false when it has to wait until others have ended. */
  private boolean start(Request request, ByteBuf in) {
    if (request.type() == NbdProtocol.CMD_DISC) {
      finish();
      return true;
    }
    if (!context.channel().isWritable()) {
      context.flush();
      if (!context.channel().isWritable()) {
        return false;
      }
    }
    int error = RequestCheck.check(request, export.settings(), encoder.structured(), hasContext);
    if (request.type() == NbdProtocol.CMD_WRITE) {
      return write(request, error, in);
    }
    if (error == NbdProtocol.OK
        && request.type() == NbdProtocol.CMD_FLUSH
        && Exchange.needsSync(request, export)) {
      return admit(new FlushExchange(this, request));
    }
    if (error != NbdProtocol.OK
        || request.type() == NbdProtocol.CMD_FLUSH
        || request.length() == 0) {
      reply(request, error);
      return true;
    }
    return switch (request.type()) {
      case NbdProtocol.CMD_READ -> read(request);
      case NbdProtocol.CMD_CACHE -> admit(new ReadExchange(this, request, workers.readers()));
      default -> admit(new RangeExchange(this, request));
    };
  }

  private boolean read(Request request) {
    ByteBuf served = near.read(request, context.alloc());
    if (served != null) {
      write(served);
      return true;
    }
    return admit(new ReadExchange(this, request, workers.readers()));
  }

  private boolean write(Request request, int error, ByteBuf in) {
    if (error == NbdProtocol.OK && !Exchange.needsSync(request, export)) {
      int result = near.write(request, in);
      if (result != NearService.NOT_NEAR) {
        reply(request, result);
        return true;
      }
    }
    WriteExchange exchange = new WriteExchange(this, request, workers.changers(), error);
    if (!charge(exchange.chargedBytes())) {
      return false;
    }
    openExchanges++;
    intake = exchange;
    if (request.length() == 0) {
      intake.take(in);
      intake = null;
    }
    return true;
  }

  private boolean admit(Exchange exchange) {
    if (!charge(exchange.chargedBytes())) {
      return false;
    }
    openExchanges++;
    if (exchange instanceof ReadExchange read) {
      read.start();
    } else if (exchange instanceof RangeExchange range) {
      boolean looks = range.request.type() == NbdProtocol.CMD_BLOCK_STATUS;
      (looks ? workers.readers() : workers.changers()).execute(range);
    } else {
      exchange.endPart();
    }
    return true;
  }

  /** Ends an exchange after a sync, which a thread that may wait does. From any thread. */
  void sync(Exchange exchange) {
    workers
        .changers()
        .execute(
            () -> {
              exchange.attempt(export.settings().store()::sync);
              ended(exchange);
            });
  }

  private void reply(Request request, int error) {
    ByteBuf status = buffer(encoder.statusBytes());
    encoder.status(status, request, error);
    write(status);
  }

  /** Charges payload, or has the connection woken when the next request anywhere has ended. */
  boolean charge(long bytes) {
    if (inFlight.tryCharge(bytes)) {
      return true;
    }
    paused = true;
    inFlight.all().onRelease(this::mayResume);
    // Again, since the last one may have ended before it could see that we wait.
    return inFlight.tryCharge(bytes);
  }

  private void pause() {
    paused = true;
    context.channel().config().setAutoRead(false);
    context.flush();
  }

  /** Goes on if the connection had to pause. From any thread. */
  void mayResume() {
    if (paused) {
      wake();
    }
  }

  /** Takes an exchange back from the thread that ended it. */
  void ended(Exchange exchange) {
    ended.add(exchange);
    wake();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      context.executor().execute(this::awake);
    }
  }

  private void awake() {
    woken.set(false);
    for (Exchange exchange = ended.poll(); exchange != null; exchange = ended.poll()) {
      end(exchange);
    }
    if (paused && !gone) {
      paused = false;
      near.startBurst();
      serve();
      if (!paused) {
        context.channel().config().setAutoRead(true);
      }
    }
    if (!gone) {
      context.flush();
      if (finishing) {
        closeWhenAnswered();
      }
    }
  }

  private void end(Exchange exchange) {
    openExchanges--;
    if (gone) {
      exchange.discard();
      inFlight.release(exchange.chargedBytes());
      return;
    }
    exchange.reply(this, encoder);
    // What the client has not taken yet still counts.
    ChannelPromise written = context.newPromise();
    written.addListener(done -> inFlight.release(exchange.chargedBytes()));
    context.write(Unpooled.EMPTY_BUFFER, written);
  }

  @Override
  public ByteBuf buffer(int bytes) {
    return context.alloc().ioBuffer(bytes);
  }

  @Override
  public void write(ByteBuf buffer) {
    context.write(buffer, context.voidPromise());
  }

  /** Serves no further request, answers those under way, then closes. On the event loop. */
  void finish() {
    finishing = true;
    context.channel().config().setAutoRead(false);
    if (intake != null) {
      intake.abandon();
      intake = null;
    }
    closeWhenAnswered();
  }

  private void closeWhenAnswered() {
    if (openExchanges == 0) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone = true;
    if (intake != null) {
      intake.abandon();
      intake = null;
    }
    received.forEach(ByteBuf::release);
    received.clear();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionLog.ended(ctx.channel(), cause);
    ctx.close();
  }
}
