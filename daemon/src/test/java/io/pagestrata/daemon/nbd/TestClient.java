// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A plain client that says what a test tells it to say, right or wrong. */
public final class TestClient implements AutoCloseable {
  static final int GREETING_BYTES = 18;

  final SocketChannel channel;
  public final DataInputStream in;
  private boolean structured;

  /** One reply to an option. */
  public record OptionReply(int option, int type, byte[] data) {}

  /** One reply to a request; the data of a READ or BLOCK_STATUS, without its offset or context. */
  public record Reply(long cookie, int error, byte[] data) {}

  public TestClient(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    in.readFully(new byte[GREETING_BYTES]);
    send(ByteBuffer.allocate(4).putInt(3).flip());
  }

  void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  void sendOption(int option, byte[] data) throws IOException {
    send(
        ByteBuffer.allocate(16 + data.length)
            .putLong(NbdProtocol.OPTION_MAGIC)
            .putInt(option)
            .putInt(data.length)
            .put(data)
            .flip());
  }

  /** Sends an option and reads its replies up to the last one. */
  List<OptionReply> option(int option, byte[] data) throws IOException {
    sendOption(option, data);
    List<OptionReply> replies = new ArrayList<>();
    OptionReply reply;
    do {
      in.readLong();
      int of = in.readInt();
      int type = in.readInt();
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      reply = new OptionReply(of, type, bytes);
      replies.add(reply);
    } while (reply.type() != NbdProtocol.REP_ACK && reply.type() > 0);
    if (option == NbdProtocol.OPT_STRUCTURED_REPLY && reply.type() == NbdProtocol.REP_ACK) {
      structured = true;
    }
    return replies;
  }

  static byte[] goData(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(6 + bytes.length).putInt(bytes.length).put(bytes).array();
  }

  public List<OptionReply> go(String name) throws IOException {
    return option(NbdProtocol.OPT_GO, goData(name));
  }

  static ByteBuffer request(int flags, int type, long cookie, long offset, long length) {
    return ByteBuffer.allocate(NbdProtocol.REQUEST_BYTES)
        .putInt(NbdProtocol.REQUEST_MAGIC)
        .putShort((short) flags)
        .putShort((short) type)
        .putLong(cookie)
        .putLong(offset)
        .putInt((int) length)
        .flip();
  }

  Reply call(int flags, int type, long offset, long length) throws IOException {
    send(request(flags, type, 1, offset, length));
    return reply(type == NbdProtocol.CMD_READ ? (int) length : 0);
  }

  public byte[] read(long offset, int length) throws IOException {
    Reply reply = call(0, NbdProtocol.CMD_READ, offset, length);
    if (reply.error() != 0) {
      throw new IOException("error " + reply.error());
    }
    return reply.data();
  }

  /** Sends a READ without waiting for its reply. */
  public void sendRead(long cookie, long offset, int length) throws IOException {
    send(request(0, NbdProtocol.CMD_READ, cookie, offset, length));
  }

  /** Trims; the error number or 0. */
  public int trim(long offset, long length) throws IOException {
    return call(0, NbdProtocol.CMD_TRIM, offset, length).error();
  }

  /** Writes; the error number or 0. */
  public int write(long offset, byte[] data) throws IOException {
    send(request(0, NbdProtocol.CMD_WRITE, 1, offset, data.length));
    send(ByteBuffer.wrap(data));
    return reply(0).error();
  }

  /** Writes with FUA; the error number or 0. */
  public int writeThrough(long offset, byte[] data) throws IOException {
    send(request(NbdProtocol.CMD_FLAG_FUA, NbdProtocol.CMD_WRITE, 1, offset, data.length));
    send(ByteBuffer.wrap(data));
    return reply(0).error();
  }

  /** Flushes; the error number or 0. */
  public int flush() throws IOException {
    return call(0, NbdProtocol.CMD_FLUSH, 0, 0).error();
  }

  /** Reads one reply; a simple one does not say how much data it has. */
  public Reply reply(int readBytes) throws IOException {
    int magic = in.readInt();
    if (!structured) {
      int error = in.readInt();
      long cookie = in.readLong();
      byte[] data = new byte[error == 0 ? readBytes : 0];
      in.readFully(data);
      return new Reply(cookie, error, data);
    }
    if (magic != NbdProtocol.STRUCTURED_REPLY_MAGIC) {
      throw new EOFException("no reply: " + Integer.toHexString(magic));
    }
    in.readShort();
    int type = in.readUnsignedShort();
    long cookie = in.readLong();
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    ByteBuffer body = ByteBuffer.wrap(bytes);
    if (type == NbdProtocol.CHUNK_ERROR) {
      return new Reply(cookie, body.getInt(), new byte[0]);
    }
    body.position(
        type == NbdProtocol.CHUNK_OFFSET_DATA ? 8 : type == NbdProtocol.CHUNK_BLOCK_STATUS ? 4 : 0);
    byte[] data = new byte[body.remaining()];
    body.get(data);
    return new Reply(cookie, 0, data);
  }

  /** Whether the server has closed the connection. */
  boolean isEnded() throws IOException {
    try {
      while (in.read() >= 0) {
        continue;
      }
      return true;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
