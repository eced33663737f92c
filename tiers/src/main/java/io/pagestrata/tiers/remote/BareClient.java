// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * The client library without a tier around it: what the tier is measured beside. Its keys share a
 * hash tag for each batch, as those of the tier do. For one thread.
 */
public final class BareClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Numbers of batches go on from here, so that they lie on other slots than those of a tier. */
  private static final long FIRST_GROUP = 1 << 28;

  private final Keys keys;
  private final Client client;
  private RedisClusterClient clusterClient;
  private StatefulConnection<byte[], byte[]> connection;
  private RedisClusterCommands<byte[], byte[]> commands;

  /**
   * Connects to a server, or to the cluster that it is part of.
   *
   * @param access servers and how to log in
   * @param namespace first part of its keys
   * @throws IOException when they cannot be reached; nothing stays open
   */
  public BareClient(RemoteSettings.Access access, String namespace) throws IOException {
    keys = new Keys(namespace);
    client = new Client(access, TIMEOUT);
    RemoteUri seed = access.servers().get(0);
    try {
      connect(seed, client.uri(seed));
    } catch (RedisException e) {
      close();
      throw RemoteFailure.of(seed.toString(), e);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void connect(RemoteUri seed, RedisURI uri) throws RemoteFailure {
    StatefulRedisConnection<byte[], byte[]> single =
        client.client().connect(ByteArrayCodec.INSTANCE, uri);
    connection = single;
    commands = single.sync();
    ServerInfo info = ServerInfo.parse(single.sync().info());
    if (info.complaint() != null) {
      throw new RemoteFailure(
          RemoteFailure.Kind.CONFIG, seed + " cannot be used: " + info.complaint(), null);
    }
    if (info.cluster()) {
      single.close();
      clusterClient = client.ofCluster(uri);
      StatefulRedisClusterConnection<byte[], byte[]> all =
          clusterClient.connect(ByteArrayCodec.INSTANCE);
      connection = all;
      commands = all.sync();
    }
  }

  /**
   * Names for the values of one batch.
   *
   * @param batch number of the batch
   * @param count how many, at most 64
   * @return keys with one hash tag
   */
  public byte[][] keys(int batch, int count) {
    byte[][] all = new byte[count][];
    for (int i = 0; i < count; i++) {
      all[i] = keys.zpage(FIRST_GROUP + batch, i);
    }
    return all;
  }

  /**
   * One MSET.
   *
   * @param values of one batch, by their keys
   */
  public void store(Map<byte[], byte[]> values) {
    commands.mset(values);
  }

  /**
   * One MGET.
   *
   * @param names keys of one batch
   * @return how many were there
   */
  public int getAll(byte[][] names) {
    int found = 0;
    for (KeyValue<byte[], byte[]> value : commands.mget(names)) {
      found += value.hasValue() ? 1 : 0;
    }
    return found;
  }

  /**
   * One GET.
   *
   * @param name key
   * @return its value, or null
   */
  public byte[] get(byte[] name) {
    return commands.get(name);
  }

  /**
   * One UNLINK.
   *
   * @param names keys of one batch
   */
  public void remove(byte[][] names) {
    commands.unlink(names);
  }

  /** Ends the connections; what is still stored stays. */
  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
    if (clusterClient != null) {
      clusterClient.close();
    }
    client.close();
  }
}
