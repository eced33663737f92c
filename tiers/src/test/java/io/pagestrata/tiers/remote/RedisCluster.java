// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Three real masters with a replica each, joined without any tool. */
public final class RedisCluster implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16384;
  private static final long MOST_WAIT_NANOS = 60_000_000_000L;

  private final List<RedisServer> servers = new ArrayList<>();

  private RedisCluster() {}

  /** Starts the cluster and waits until every replica follows its master. */
  public static RedisCluster open() throws IOException {
    RedisCluster cluster = new RedisCluster();
    try {
      cluster.start();
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void start() throws IOException {
    for (int i = 0; i < 2 * MASTERS; i++) {
      servers.add(
          RedisServer.open(
              "--cluster-enabled yes",
              "--cluster-config-file nodes.conf",
              "--cluster-node-timeout 2000",
              "--cluster-require-full-coverage no",
              "--repl-diskless-sync-delay 0"));
    }
    for (int i = 0; i < servers.size(); i++) {
      servers.get(i).ask("CLUSTER SET-CONFIG-EPOCH " + (i + 1));
      servers.get(i).ask("CLUSTER MEET 127.0.0.1 " + servers.get(0).port());
    }
    for (int i = 0; i < MASTERS; i++) {
      int first = i * SLOTS / MASTERS;
      int last = (i + 1) * SLOTS / MASTERS - 1;
      servers.get(i).ask("CLUSTER ADDSLOTSRANGE " + first + " " + last);
    }
    for (RedisServer server : servers) {
      await(() -> server.askAll("CLUSTER INFO").contains("cluster_known_nodes:6"));
    }
    for (int i = 0; i < MASTERS; i++) {
      String id = id(servers.get(i));
      RedisServer replica = servers.get(MASTERS + i);
      await(() -> replica.ask("CLUSTER REPLICATE " + id).startsWith("+OK"));
    }
    for (int i = 0; i < MASTERS; i++) {
      servers.get(MASTERS + i).awaitLink();
    }
    for (RedisServer server : servers) {
      await(() -> server.askAll("CLUSTER INFO").contains("cluster_state:ok"));
    }
  }

  private static String id(RedisServer server) {
    return server.askAll("CLUSTER MYID").split("\r\n")[1];
  }

  private static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > MOST_WAIT_NANOS) {
        throw new IllegalStateException("the cluster does not come up");
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** A server that began as a master, 0 to 2. */
  public RedisServer master(int i) {
    return servers.get(i);
  }

  /** The server that began as its replica. */
  public RedisServer replica(int i) {
    return servers.get(MASTERS + i);
  }

  /** Keys on all masters that answer, as their shards count them. */
  public long keys(int... masters) {
    long keys = 0;
    for (int i : masters) {
      keys += servers.get(i).keys();
    }
    return keys;
  }

  @Override
  public void close() throws IOException {
    for (RedisServer server : servers) {
      server.close();
    }
  }
}
