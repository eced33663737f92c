// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The client library, set up as measured: bounded queue, commands refused while disconnected, quick
 * reconnects, a dead peer noticed by the kernel. Thread-safe.
 */
final class Client implements AutoCloseable {
  private static final Logger LOG = LogManager.getLogger(RemoteTier.class);
  private static final int QUEUED_COMMANDS = 4096;
  private static final int THREADS = 2;
  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

  /** What a peer does not acknowledge for so long ends the connection. */
  static final Duration DEAD_PEER = Duration.ofSeconds(10);

  private static final Duration FIRST_RECONNECT = Duration.ofMillis(20);
  private static final Duration LAST_RECONNECT = Duration.ofMillis(500);
  private static final long CLOSE_SECONDS = 2;

  private final Login login;
  private final Duration timeout;
  private final ClientResources resources;
  private final RedisClient client;

  Client(RemoteSettings.Access access, Duration timeout) {
    login = new Login(access);
    this.timeout = timeout;
    resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .reconnectDelay(
                Delay.exponential(FIRST_RECONNECT, LAST_RECONNECT, 2, TimeUnit.MILLISECONDS))
            .build();
    client = RedisClient.create(resources);
    SocketOptions sockets =
        SocketOptions.builder()
            .connectTimeout(CONNECT_TIMEOUT)
            .keepAlive(true)
            .tcpNoDelay(true)
            .tcpUserTimeout(
                SocketOptions.TcpUserTimeoutOptions.builder()
                    .enable()
                    .tcpUserTimeout(DEAD_PEER)
                    .build())
            .build();
    ClientOptions.Builder options =
        ClientOptions.builder()
            .requestQueueSize(QUEUED_COMMANDS)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(sockets);
    access
        .trustedCertificates()
        .ifPresent(
            file ->
                options.sslOptions(
                    SslOptions.builder().jdkSslProvider().trustManager(file.toFile()).build()));
    client.setOptions(options.build());
  }

  RedisClient client() {
    return client;
  }

  /** Begins to connect; what is connected once is reconnected until it is closed. */
  CompletableFuture<StatefulRedisConnection<byte[], byte[]>> open(RedisURI uri) {
    return client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
  }

  /**
   * The client library's own client for a cluster, set up in the same way, but for commands that
   * come while it still connects: it does so at the first command to each server.
   */
  RedisClusterClient ofCluster(RedisURI uri) {
    RedisClusterClient cluster = RedisClusterClient.create(resources, uri);
    cluster.setOptions(
        ClusterClientOptions.builder(client.getOptions())
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.DEFAULT)
            .build());
    return cluster;
  }

  /** Where and how to connect. */
  RedisURI uri(RemoteUri server) throws RemoteFailure {
    RedisURI.Builder uri =
        RedisURI.builder()
            .withHost(server.host())
            .withPort(server.port())
            .withSsl(server.tls())
            .withTimeout(timeout);
    login.addTo(uri);
    return uri.build();
  }

  /** Ends connections and threads; bounded also when a server hangs. */
  @Override
  public void close() {
    try {
      Replies.await(
          "the client library",
          client.shutdownAsync(0, CLOSE_SECONDS, TimeUnit.SECONDS),
          System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS));
    } catch (RemoteFailure e) {
      LOG.debug("connections were not closed in order: {}", e.getMessage());
    }
    // After the connections, or their last events would find no thread.
    resources
        .shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
