// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * One open listening socket.
 *
 * @param channel the socket
 * @param address where it listens, with the real port
 */
record Listener(Channel channel, NbdAddress address) {
  /** Bits of a mode that say what a file is, and their value for a socket. */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private static final int RECEIVE_BYTES = 64 << 10;
  private static final int MOST_RECEIVE_BYTES = 256 << 10;
  private static final int LEAST_RECEIVE_BYTES = 4 << 10;
  private static final WriteBufferWaterMark UNREAD_REPLIES =
      new WriteBufferWaterMark(512 << 10, 2 << 20);

  /** Listens; throws an exception that names the address when that is not possible. */
  static Listener open(
      NbdAddress address, Transport transport, EventLoopGroup loops, ChannelHandler initializer)
      throws IOException {
    if (address instanceof NbdAddress.Unix unix) {
      removeStale(unix.path());
    }
    ServerBootstrap server =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverChannel(address))
            .childHandler(initializer)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD_REPLIES)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(
                    LEAST_RECEIVE_BYTES, RECEIVE_BYTES, MOST_RECEIVE_BYTES));
    if (address instanceof NbdAddress.Tcp) {
      server
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.SO_KEEPALIVE, true);
    }
    ChannelFuture bound = server.bind(transport.socketAddress(address)).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + address + ": " + reason(bound.cause()), bound.cause());
    }
    return new Listener(bound.channel(), withPort(address, bound.channel()));
  }

  /** The words of the system, without the names of calls that epoll's transport adds. */
  private static String reason(Throwable cause) {
    return cause.getMessage().replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-\\d+\\): ", "");
  }

  private static NbdAddress withPort(NbdAddress address, Channel channel) {
    return address instanceof NbdAddress.Tcp tcp
        ? new NbdAddress.Tcp(tcp.host(), ((InetSocketAddress) channel.localAddress()).getPort())
        : address;
  }

  /** Removes a socket that a server left behind that is no more, and nothing else. */
  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw new BindException(
          "cannot listen on " + path + ": there is something else; expected a name that is free");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      Files.delete(path);
      return;
    }
    throw new BindException("cannot listen on " + path + ": another server does");
  }

  void close() throws IOException {
    channel.close().awaitUninterruptibly();
    if (address instanceof NbdAddress.Unix unix) {
      Files.deleteIfExists(unix.path());
    }
  }
}
