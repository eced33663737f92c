// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Three real masters with a replica each, joined without any tool. For one thread. */
public final class LocalCluster implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16384;
  private static final List<String> OPTIONS =
      List.of(
          "--cluster-enabled yes",
          "--cluster-config-file nodes.conf",
          "--cluster-node-timeout 2000",
          "--cluster-require-full-coverage no",
          "--repl-diskless-sync-delay 0");
  private static final String CLUSTER = "the cluster comes up";

  private final List<LocalServer> servers = new ArrayList<>();

  private LocalCluster() {}

  /**
   * Starts the cluster and waits until every replica follows its master.
   *
   * @param binary {@code redis-server} or {@code valkey-server}
   * @param options of each server, as {@link LocalServer#open} takes them
   * @return a cluster that answers
   * @throws IOException when a server does not start
   */
  public static LocalCluster open(Path binary, List<String> options) throws IOException {
    LocalCluster cluster = new LocalCluster();
    try {
      cluster.start(binary, options);
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void start(Path binary, List<String> options) throws IOException {
    List<String> all = new ArrayList<>(OPTIONS);
    all.addAll(options);
    for (int i = 0; i < 2 * MASTERS; i++) {
      servers.add(LocalServer.open(binary, all));
    }
    for (int i = 0; i < servers.size(); i++) {
      servers.get(i).ask("CLUSTER SET-CONFIG-EPOCH " + (i + 1));
      servers.get(i).ask("CLUSTER MEET 127.0.0.1 " + servers.get(0).tlsPort());
    }
    for (int i = 0; i < MASTERS; i++) {
      int first = i * SLOTS / MASTERS;
      int last = (i + 1) * SLOTS / MASTERS - 1;
      servers.get(i).ask("CLUSTER ADDSLOTSRANGE " + first + " " + last);
    }
    for (LocalServer server : servers) {
      Patience.await(
          CLUSTER, () -> server.askAll("CLUSTER INFO").contains("cluster_known_nodes:6"));
    }
    for (int i = 0; i < MASTERS; i++) {
      String id = id(servers.get(i));
      LocalServer replica = servers.get(MASTERS + i);
      Patience.await(CLUSTER, () -> replica.ask("CLUSTER REPLICATE " + id).startsWith("+OK"));
    }
    for (int i = 0; i < MASTERS; i++) {
      servers.get(MASTERS + i).awaitLink();
    }
    for (LocalServer server : servers) {
      Patience.await(CLUSTER, () -> server.askAll("CLUSTER INFO").contains("cluster_state:ok"));
    }
  }

  private static String id(LocalServer server) {
    return server.askAll("CLUSTER MYID").split("\r\n")[1];
  }

  /**
   * A server that began as a master.
   *
   * @param i which, 0 to 2
   * @return the server
   */
  public LocalServer master(int i) {
    return servers.get(i);
  }

  /**
   * The server that began as the replica of a master.
   *
   * @param i of which, 0 to 2
   * @return the server
   */
  public LocalServer replica(int i) {
    return servers.get(MASTERS + i);
  }

  /**
   * Keys on some masters.
   *
   * @param masters which, 0 to 2
   * @return keys
   */
  public long keys(int... masters) {
    long keys = 0;
    for (int i : masters) {
      keys += servers.get(i).keys();
    }
    return keys;
  }

  /**
   * Ends all servers.
   *
   * @throws IOException when a folder cannot be removed
   */
  @Override
  public void close() throws IOException {
    for (LocalServer server : servers) {
      server.close();
    }
  }
}
