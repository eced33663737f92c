// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Serves exports to NBD clients.
 *
 * <p>Started by {@link #start}, stopped by {@link #close} in bounded time; not to be started again.
 * The stores of its exports must outlive it. {@code start} and {@code close} are called by one
 * thread at a time.
 */
public final class NbdServer implements AutoCloseable {
  private static final Logger LOG = LogManager.getLogger(NbdServer.class);
  private static final int LEAST_LOOPS = 2;

  private final NbdSettings settings;
  private final List<NbdExport> exports;
  private final ExportDirectory directory;
  private final InFlight inFlight;
  private final Optional<SslContext> tls;
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final List<Listener> listeners = new ArrayList<>();
  private Workers workers;
  private EventLoopGroup loops;

  /**
   * Makes a server that does not listen yet.
   *
   * @param settings addresses, TLS, limits
   * @param exports what is served; the first one also has the empty name
   * @throws IOException when a certificate or key cannot be read
   * @throws IllegalArgumentException when there is no export, or two have one name
   */
  public NbdServer(NbdSettings settings, List<NbdExport> exports) throws IOException {
    this.settings = settings;
    this.exports = List.copyOf(exports);
    inFlight = new InFlight(settings.limits().inFlightBytes());
    directory = new ExportDirectory(exports, inFlight);
    tls =
        settings.tls().isPresent()
            ? Optional.of(ServerTls.open(settings.tls().get()))
            : Optional.empty();
  }

  /**
   * Listens on every address.
   *
   * @throws IOException naming the address when one is not to be had; then nothing is open
   */
  public void start() throws IOException {
    Transport transport = Transport.best();
    workers = new Workers(settings.limits().threads());
    int cores = Runtime.getRuntime().availableProcessors();
    loops = transport.newLoops(Math.max(LEAST_LOOPS, cores), sleeping(cores));
    try {
      for (NbdAddress address : settings.addresses()) {
        listeners.add(Listener.open(address, transport, loops, initializer()));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private SelectStrategyFactory sleeping(int cores) {
    if (!settings.busyPoll()) {
      return DefaultSelectStrategyFactory.INSTANCE;
    }
    return new BusyPolling(System::nanoTime, cores, () -> inFlight.bytes() == 0)::newLoop;
  }

  private ChannelInitializer<Channel> initializer() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (clients.size() >= settings.limits().connections()) {
          LOG.warn("connection refused: {} are open", settings.limits().connections());
          channel.close();
          return;
        }
        clients.add(channel);
        channel.pipeline().addLast(newHandshake());
      }
    };
  }

  private HandshakeHandler newHandshake() {
    return new HandshakeHandler(
        new Negotiation(directory, settings.tls().map(NbdTls::mode)),
        tls,
        settings.limits(),
        (export, structured, hasContext) ->
            new Connection(
                export,
                structured,
                hasContext,
                workers,
                new ConnectionInFlight(
                    export.share().inFlight(), settings.limits().inFlightBytesPerConnection())));
  }

  /**
   * Where the server listens.
   *
   * @return the addresses of the settings, with the port that was given for port 0
   */
  public List<NbdAddress> addresses() {
    return listeners.stream().map(Listener::address).toList();
  }

  /**
   * How many clients are connected.
   *
   * @return connections, those in their handshake included
   */
  public int connections() {
    return clients.size();
  }

  /**
   * Payload of requests under way.
   *
   * @return bytes
   */
  public long inFlightBytes() {
    return inFlight.bytes();
  }

  /**
   * Stops: no new connections, no new requests; what is under way is answered, at most for the stop
   * timeout of the settings; then every connection is closed. Idempotent.
   */
  @Override
  public void close() {
    if (loops == null) {
      return;
    }
    for (Listener listener : listeners) {
      try {
        listener.close();
      } catch (IOException e) {
        LOG.warn("the socket {} stays behind: {}", listener.address(), e.getMessage());
      }
    }
    long waitNanos = settings.limits().stopTimeout().toNanos();
    long deadline = System.nanoTime() + waitNanos;
    clients.forEach(channel -> channel.eventLoop().execute(() -> finish(channel)));
    if (!clients.newCloseFuture().awaitUninterruptibly(waitNanos, TimeUnit.NANOSECONDS)) {
      LOG.warn("{} connections had requests under way and were closed", clients.size());
    }
    clients.close().awaitUninterruptibly();
    long left = Math.max(0, deadline - System.nanoTime());
    if (!workers.close(Duration.ofNanos(left))) {
      LOG.warn("requests were given up that did not end in {}", settings.limits().stopTimeout());
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    loops = null;
    listeners.clear();
  }

  private static void finish(Channel channel) {
    Connection connection = channel.pipeline().get(Connection.class);
    if (connection == null) {
      channel.close();
    } else {
      connection.finish();
    }
  }
}
