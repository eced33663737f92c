// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stores have left, or are keeping, on servers: for people who look after them. A store that
 * ends in good order leaves nothing; one that was killed leaves its keys. For one thread.
 */
public final class Namespaces implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int KEYS_PER_STEP = 1000;

  /**
   * One namespace.
   *
   * @param name first part of its keys
   * @param zpages zpages on all servers
   * @param inUse whether a store holds it now, or did until some seconds ago
   */
  public record Namespace(String name, long zpages, boolean inUse) {}

  /** Takes the keys of one step of a walk. */
  @FunctionalInterface
  private interface Step {
    void keys(Node node, List<byte[]> keys) throws RemoteFailure;
  }

  private final Client client;
  private final List<Node> masters = new ArrayList<>();

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
    for (String address : SlotMap.parse(nodes, seed.host()).addresses()) {
      int colon = address.lastIndexOf(':');
      int port = Integer.parseInt(address.substring(colon + 1));
      masters.add(connect(new RemoteUri(address.substring(0, colon), port, seed.tls())));
    }
  }

  private Node connect(RemoteUri uri) throws RemoteFailure {
    Node node = new Node(uri.host() + ":" + uri.port(), System::nanoTime);
    node.connect(client.client(), client.uri(uri), TIMEOUT.toNanos());
    return node;
  }

  private static <T> T await(Node node, RedisFuture<T> reply) throws RemoteFailure {
    return node.await(reply, TIMEOUT.toNanos());
  }

  /**
   * Counts what is there.
   *
   * @return every namespace, by name
   * @throws IOException when a server does not answer
   */
  public List<Namespace> list() throws IOException {
    Map<String, Long> zpages = new TreeMap<>();
    List<String> owned = new ArrayList<>();
    walk(
        Keys.PREFIX + "*",
        (node, keys) -> {
          for (byte[] bytes : keys) {
            String key = Keys.text(bytes);
            String name = Keys.namespaceOf(key);
            if (name != null && Keys.isOwner(key)) {
              owned.add(name);
              zpages.merge(name, 0L, Long::sum);
            } else if (name != null) {
              zpages.merge(name, 1L, Long::sum);
            }
          }
        });
    return zpages.entrySet().stream()
        .map(it -> new Namespace(it.getKey(), it.getValue(), owned.contains(it.getKey())))
        .toList();
  }

  /**
   * Removes everything of a namespace that no store uses.
   *
   * @param name first part of its keys
   * @return keys removed
   * @throws IOException when a store uses it, or a server does not answer
   */
  public long remove(String name) throws IOException {
    long[] removed = new long[1];
    for (Namespace namespace : list()) {
      if (namespace.name().equals(name) && namespace.inUse()) {
        throw new IOException("namespace " + name + " is in use; stop its store first");
      }
    }
    walk(
        Keys.PREFIX + name + ":*",
        (node, keys) -> {
          List<RedisFuture<Long>> replies = new ArrayList<>();
          for (byte[] key : keys) {
            // One by one, since keys of several slots cannot share a command.
            replies.add(node.unlink(new byte[][] {key}));
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
