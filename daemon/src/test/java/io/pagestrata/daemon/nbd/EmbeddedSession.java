// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One connection without a socket, whose client takes as many bytes as a test lets it take. */
final class EmbeddedSession extends EmbeddedChannel {
  private static final ByteBuffer CLIENT_FLAGS = ByteBuffer.allocate(4).putInt(0, 3);

  private ByteArrayOutputStream taken;
  private boolean deaf;
  private boolean flagsSent;

  EmbeddedSession(ChannelHandler handler) {
    super(handler);
    freezeTime();
  }

  /** Called by the constructor above before fields of this class have their values. */
  @Override
  protected void doWrite(ChannelOutboundBuffer queue) {
    if (taken == null) {
      taken = new ByteArrayOutputStream();
    }
    while (!deaf && queue.current() != null) {
      take(queue, Integer.MAX_VALUE);
    }
  }

  private void take(ChannelOutboundBuffer queue, int mostBytes) {
    ByteBuf head = (ByteBuf) queue.current();
    int bytes = Math.min(mostBytes, head.readableBytes());
    taken.writeBytes(ByteBufUtil.getBytes(head, head.readerIndex(), bytes));
    queue.removeBytes(bytes);
  }

  /** From now on the client reads nothing. */
  void stopReading() {
    deaf = true;
  }

  /** Reads one byte of what waits for a client that does not read by itself. */
  void takeOneByte() {
    take(unsafe().outboundBuffer(), 1);
  }

  /** What came out since the last call. */
  byte[] answered() {
    runPendingTasks();
    byte[] bytes = taken.toByteArray();
    taken.reset();
    return bytes;
  }

  void send(ByteBuffer bytes) {
    writeInbound(Unpooled.copiedBuffer(bytes));
  }

  /** Sends bytes as a network may deliver them at worst. */
  void sendOneByOne(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      writeInbound(Unpooled.buffer(1).writeByte(bytes.get()));
    }
  }

  /** The client flags, if they are still to be sent, and an option. */
  ByteBuffer optionBytes(int option, byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(20 + data.length);
    if (!flagsSent) {
      out.put(CLIENT_FLAGS.duplicate());
      flagsSent = true;
    }
    return out.putLong(NbdProtocol.OPTION_MAGIC)
        .putInt(option)
        .putInt(data.length)
        .put(data)
        .flip();
  }

  void option(int option, byte[] data) {
    send(optionBytes(option, data));
  }

  /** Sends an option; the type of the last reply to it. */
  int ask(int option, byte[] data) {
    answered();
    option(option, data);
    ByteBuffer replies = ByteBuffer.wrap(answered());
    int type = 0;
    while (replies.hasRemaining()) {
      long magic = replies.getLong();
      if (magic != NbdProtocol.OPTION_REPLY_MAGIC || replies.getInt() != option) {
        throw new AssertionError("no reply to option " + option);
      }
      type = replies.getInt();
      int bytes = replies.getInt();
      replies.position(replies.position() + bytes);
    }
    return type;
  }

  void request(int type, long cookie, long offset, long length) {
    send(TestClient.request(0, type, cookie, offset, length));
  }

  void pass(Duration time) {
    advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    runScheduledPendingTasks();
  }
}
