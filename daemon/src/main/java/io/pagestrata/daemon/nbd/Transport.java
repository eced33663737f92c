// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Sockets by epoll where its native library is there, by the JDK elsewhere. */
enum Transport {
  /** Linux. */
  EPOLL,
  /** Everywhere. */
  NIO;

  /** As many events at once as there are, as in the factory without arguments. */
  private static final int GROWING_EVENTS = 0;

  static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** Loops that sleep as the strategy says; where there is no epoll, whenever they can. */
  MultiThreadIoEventLoopGroup newLoops(int threads, SelectStrategyFactory sleeping) {
    IoHandlerFactory handlers =
        this == EPOLL
            ? EpollIoHandler.newFactory(GROWING_EVENTS, sleeping)
            : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory("nbd-loop", true), handlers);
  }

  Class<? extends ServerChannel> serverChannel(NbdAddress address) {
    if (address instanceof NbdAddress.Unix) {
      return this == EPOLL
          ? EpollServerDomainSocketChannel.class
          : NioServerDomainSocketChannel.class;
    }
    return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  SocketAddress socketAddress(NbdAddress address) {
    if (address instanceof NbdAddress.Tcp tcp) {
      return new InetSocketAddress(tcp.host(), tcp.port());
    }
    NbdAddress.Unix unix = (NbdAddress.Unix) address;
    return this == EPOLL
        ? new DomainSocketAddress(unix.path().toFile())
        : UnixDomainSocketAddress.of(unix.path());
  }
}
