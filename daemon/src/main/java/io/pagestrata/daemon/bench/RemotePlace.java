// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.redis.LocalCluster;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Servers to measure on.
 *
 * @param name in the table
 * @param access where they are and how to log in
 * @param server the one that was started for this, or null
 * @param cluster the one that was started for this, or null
 */
record RemotePlace(
    String name, RemoteSettings.Access access, LocalServer server, LocalCluster cluster)
    implements AutoCloseable {
  /** Opens such a place. */
  @FunctionalInterface
  interface Opener {
    /**
     * Starts the servers, if they are not there.
     *
     * @return servers that answer
     * @throws IOException when they do not start
     */
    RemotePlace open() throws IOException;
  }

  static RemotePlace startServer(Path binary) throws IOException {
    LocalServer server = LocalServer.open(binary, List.of());
    return new RemotePlace("server", accessTo(server), server, null);
  }

  static RemotePlace startCluster(Path binary) throws IOException {
    LocalCluster cluster = LocalCluster.open(binary, List.of());
    return new RemotePlace("cluster", accessTo(cluster.master(0)), null, cluster);
  }

  /** First part of all keys: benchmarks that run at once do not meet. */
  static String namespace(String part) {
    return "bench-" + part + "-" + ProcessHandle.current().pid();
  }

  private static RemoteSettings.Access accessTo(LocalServer server) {
    return RemoteSettings.Access.to(RemoteUri.parse(server.uri()));
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }
}
