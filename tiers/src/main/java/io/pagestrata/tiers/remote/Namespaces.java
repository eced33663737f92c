// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What stores have left, or are keeping, on servers: for people who look after them. A store that
 * ends in good order leaves nothing; one that was killed leaves its keys. For one thread.
 */
public final class Namespaces implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int KEYS_PER_STEP = 1000;

  /**
   * What one run of a store keeps, or has left behind.
   *
   * @param namespace first part of its keys
   * @param run second part of its keys
   * @param zpages zpages on all servers
   * @param user process that uses them now, or did until some seconds ago; empty when none does
   */
  public record Run(String namespace, String run, long zpages, Optional<String> user) {}

  /** Takes the keys of one step of a walk. */
  @FunctionalInterface
  private interface Step {
    void keys(Node node, List<byte[]> keys) throws RemoteFailure;
  }

  private final Client client;
  private final List<Node> masters = new ArrayList<>();

  /** For each hash slot an index in the masters; empty for a single server. */
  private int[] owners = {};

  /**
   * Connects to one server, or to all masters of its cluster.
   *
   * @param access servers and how to log in
   * @throws IOException when they cannot be reached; nothing stays open
   */
  public Namespaces(RemoteSettings.Access access) throws IOException {
    client = new Client(access, TIMEOUT);
    try {
      find(access);
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private void find(RemoteSettings.Access access) throws RemoteFailure {
    RemoteUri seed = access.servers().get(0);
    Node first = connect(seed);
    ServerInfo info = ServerInfo.parse(await(first, first.read(commands -> commands.info())));
    if (!info.cluster()) {
      masters.add(first);
      return;
    }
    String nodes = await(first, first.read(commands -> commands.clusterNodes()));
    SlotMap map = SlotMap.parse(nodes, seed.host());
    owners = map.owners();
    for (String address : map.addresses()) {
      int colon = address.lastIndexOf(':');
      int port = Integer.parseInt(address.substring(colon + 1));
      masters.add(connect(new RemoteUri(address.substring(0, colon), port, seed.tls())));
    }
  }

  private Node connect(RemoteUri uri) throws RemoteFailure {
    Node node = new Node(uri.host() + ":" + uri.port(), System::nanoTime);
    RedisURI redisUri = client.uri(uri);
    node.connect(() -> client.open(redisUri), TIMEOUT.toNanos());
    return node;
  }

  private static <T> T await(Node node, RedisFuture<T> reply) throws RemoteFailure {
    return node.await(reply, TIMEOUT.toNanos());
  }

  /**
   * Counts what is there.
   *
   * @return every run that keeps or has left zpages, or owns a namespace, by namespace
   * @throws IOException when a server does not answer
   */
  public List<Run> list() throws IOException {
    Map<String, Map<String, Long>> zpages = new TreeMap<>();
    walk(
        Keys.PREFIX + "*",
        (node, keys) -> {
          for (byte[] bytes : keys) {
            String key = Keys.text(bytes);
            String namespace = Keys.namespaceOf(key);
            if (namespace != null) {
              Map<String, Long> runs = zpages.computeIfAbsent(namespace, it -> new TreeMap<>());
              String run = Keys.runOf(key);
              if (run != null) {
                runs.merge(run, 1L, Long::sum);
              }
            }
          }
        });
    List<Run> runs = new ArrayList<>();
    for (Map.Entry<String, Map<String, Long>> it : zpages.entrySet()) {
      addRuns(it.getKey(), it.getValue(), runs);
    }
    return runs;
  }

  /** Asks who lives after the zpages were seen: whoever wrote one owned the namespace before. */
  private void addRuns(String namespace, Map<String, Long> zpages, List<Run> runs)
      throws RemoteFailure {
    Optional<String> owner = value(Keys.ownerOf(namespace));
    owner.ifPresent(it -> zpages.putIfAbsent(runOfToken(it), 0L));
    for (Map.Entry<String, Long> it : zpages.entrySet()) {
      String run = it.getKey();
      Optional<String> user = owner.filter(token -> runOfToken(token).equals(run));
      if (user.isEmpty()) {
        user = value(Keys.aliveOf(namespace, run));
      }
      Optional<String> process = user.map(token -> token.substring(runOfToken(token).length()));
      runs.add(new Run(namespace, run, it.getValue(), process.map(String::trim)));
    }
  }

  private static String runOfToken(String token) {
    return token.split(" ", 2)[0];
  }

  private Optional<String> value(byte[] key) throws RemoteFailure {
    int index = owners.length == 0 ? 0 : owners[Keys.hashSlot(key)];
    if (index < 0) {
      throw new RemoteFailure(
          RemoteFailure.Kind.DOWN, "nobody serves the hash slot of " + Keys.text(key), null);
    }
    Node node = masters.get(index);
    byte[] value = await(node, node.get(key));
    return Optional.ofNullable(value).map(it -> new String(it, StandardCharsets.UTF_8));
  }

  /**
   * Removes what dead runs have left in a namespace. A run that does not live now is known by its
   * name, so what begins in the meantime is safe.
   *
   * @param name first part of its keys
   * @return keys removed
   * @throws IOException when a store uses it and nothing is left of others, or a server does not
   *     answer
   */
  public long remove(String name) throws IOException {
    Set<String> dead = new HashSet<>();
    Optional<Run> living = Optional.empty();
    for (Run run : list()) {
      if (run.namespace().equals(name)) {
        if (run.user().isPresent()) {
          living = Optional.of(run);
        } else {
          dead.add(run.run());
        }
      }
    }
    if (dead.isEmpty() && living.isPresent()) {
      throw new IOException(
          "namespace "
              + name
              + " is in use by "
              + living.get().user().get()
              + ", and no other run has left anything there");
    }
    long[] removed = new long[1];
    walk(
        Keys.PREFIX + name + ":*",
        (node, keys) -> {
          List<RedisFuture<Long>> replies = new ArrayList<>();
          for (byte[] key : keys) {
            if (dead.contains(Keys.runOf(Keys.text(key)))) {
              // One by one, since keys of several slots cannot share a command.
              replies.add(node.unlink(new byte[][] {key}));
            }
          }
          for (RedisFuture<Long> reply : replies) {
            removed[0] += await(node, reply);
          }
        });
    return removed[0];
  }

  private void walk(String pattern, Step step) throws RemoteFailure {
    ScanArgs args = ScanArgs.Builder.limit(KEYS_PER_STEP).match(pattern);
    for (Node node : masters) {
      ScanCursor cursor = ScanCursor.INITIAL;
      while (!cursor.isFinished()) {
        ScanCursor from = cursor;
        KeyScanCursor<byte[]> page = await(node, node.read(commands -> commands.scan(from, args)));
        step.keys(node, page.getKeys());
        cursor = page;
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
