// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Looks after the servers: connects them, follows the cluster, asks each one regularly what it is
 * and whether it answers, and says in the log what changed.
 *
 * <p>A server whose policy drops keys gets no zpages. One that restarted, evicted keys or became
 * master is a new {@link Incarnation}, and what the old one accepted is suspect. Stepped by the
 * upkeep of the tier; a step waits for one answer at most a few times, each within the timeout.
 */
final class Watch {
  private static final Logger LOG = LogManager.getLogger(RemoteTier.class);
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long TROUBLED_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Where others use the servers, too, their keys come and go all the time. */
  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A mistake that nothing met for so long is mended. */
  private static final long MISTAKEN_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** The first connection loads half of the client library, on a busy machine for seconds. */
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What is known of one server beside what callers need. */
  private static final class Health {
    RedisFuture<String> info;
    RedisFuture<String> ping;
    long askedNanos;
    Absence absence;
    String complaint;
    String mistake;
    String history;
    long evictedKeys;
    long expiredKeys;
    long keys;

    /** Whether keys expired, or became fewer than were removed here, since all were checked. */
    boolean fewer;

    /** Removals that were sent before it was asked last, and before the time before that. */
    long removedKeys;

    long removedKeysBefore;
    long checkedNanos;
    long missedNanos;
    boolean lacksReplicas;
  }

  private final RemoteSettings settings;
  private final Client client;
  private final Servers servers;
  private final Lease lease;
  private final LongSupplier nanoClock;
  private final long timeoutNanos;
  private final Map<Node, Health> healths = new HashMap<>();
  private volatile boolean suspicion;
  private boolean found;
  private boolean cluster;

  /** What keeps the servers from being found, as it was told last. */
  private String obstacle;

  private long connectNanos = START_NANOS;
  private long lookedNanos;

  Watch(
      RemoteSettings settings,
      Client client,
      Servers servers,
      Lease lease,
      LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.settings = settings;
    this.client = client;
    this.servers = servers;
    this.lease = lease;
    timeoutNanos = settings.timeout().toNanos();
  }

  /**
   * The first look. A server that cannot be reached is looked for again later; one that must not be
   * used is refused.
   */
  void start() throws RemoteFailure {
    try {
      discover(nanoClock.getAsLong());
      connectNanos = Math.max(timeoutNanos, CONNECT_NANOS);
    } catch (RemoteFailure e) {
      if (e.kind == RemoteFailure.Kind.CONFIG) {
        throw e;
      }
      tellObstacle(e);
    }
    for (Node node : servers.masters()) {
      String complaint = health(node).complaint;
      if (complaint != null) {
        throw new RemoteFailure(
            RemoteFailure.Kind.CONFIG, node + " cannot be used: " + complaint, null);
      }
    }
    lease.step(servers, nanoClock.getAsLong());
  }

  /** Whether zpages may have been lost since this was last asked. */
  boolean takeSuspicion() {
    boolean was = suspicion;
    suspicion = false;
    return was;
  }

  void step(long now) {
    try {
      if (!found) {
        if (now - lookedNanos >= CONNECT_NANOS) {
          discover(now);
        }
        return;
      }
      for (Node node : servers.masters()) {
        check(node, now);
      }
      boolean calm = servers.masters().stream().allMatch(Node::mayRead);
      if (cluster && now - lookedNanos >= (calm ? CALM_NANOS : TROUBLED_NANOS)) {
        followCluster(now);
      }
      lease.step(servers, now);
    } catch (RemoteFailure e) {
      tellObstacle(e);
    }
  }

  // ---- finding servers ----

  private void discover(long now) throws RemoteFailure {
    lookedNanos = now;
    RemoteFailure last = null;
    for (RemoteUri seed : settings.access().servers()) {
      Node node = servers.node(seed.host() + ":" + seed.port());
      try {
        begin(node, connect(node, seed));
        return;
      } catch (RemoteFailure e) {
        last = node.isConnected() ? e : Speech.explain(seed, e);
        if (last.kind == RemoteFailure.Kind.CONFIG) {
          throw last;
        }
      }
    }
    throw last;
  }

  /** Begins to use the server that answered first, or the cluster that it belongs to. */
  private void begin(Node node, ServerInfo info) throws RemoteFailure {
    if (info.cluster()) {
      cluster = true;
      if (!follow(node)) {
        throw new RemoteFailure(RemoteFailure.Kind.DOWN, node + ": no slots are served", null);
      }
    } else {
      servers.beSingle(node);
    }
    found = true;
    LOG.log(
        obstacle == null ? Level.INFO : Level.WARN,
        "remote tier: {} {} found",
        cluster ? "cluster" : "server",
        servers.masters());
  }

  private ServerInfo connect(Node node, RemoteUri uri) throws RemoteFailure {
    RedisURI redisUri = client.uri(uri);
    node.connect(() -> client.open(redisUri), connectNanos);
    ServerInfo info =
        ServerInfo.parse(node.await(node.read(commands -> commands.info()), connectNanos));
    judge(node, info);
    return info;
  }

  private void followCluster(long now) throws RemoteFailure {
    lookedNanos = now;
    for (Node node : servers.everKnown()) {
      if (node.mayRead() && follow(node)) {
        return;
      }
    }
    for (RemoteUri seed : settings.access().servers()) {
      Node node = servers.node(seed.host() + ":" + seed.port());
      if (node.mayRead() && follow(node)) {
        return;
      }
    }
  }

  private boolean follow(Node asked) throws RemoteFailure {
    String host = asked.address.substring(0, asked.address.lastIndexOf(':'));
    SlotMap map;
    try {
      map =
          SlotMap.parse(
              asked.await(asked.read(commands -> commands.clusterNodes()), timeoutNanos), host);
    } catch (RemoteFailure e) {
      return false;
    }
    if (map.addresses().isEmpty()) {
      return false;
    }
    RemoteFailure mistake = null;
    for (String address : map.addresses()) {
      Node node = servers.node(address);
      if (!node.isConnected() || node.breaker.isOpen() || !node.trusted) {
        try {
          connect(node, uriOf(node));
          node.breaker.close();
        } catch (RemoteFailure e) {
          mistake = e.kind == RemoteFailure.Kind.CONFIG ? e : mistake;
          LOG.debug("{} not connected yet: {}", node, e.getMessage());
        }
      }
    }
    if (servers.beCluster(map)) {
      suspicion = true;
      LOG.info("remote tier: slots are served by {}", map.addresses());
    }
    // Not before: the others are used, unless this is the start.
    if (mistake != null && !found) {
      throw mistake;
    }
    return true;
  }

  private RemoteUri uriOf(Node node) {
    int colon = node.address.lastIndexOf(':');
    int port = Integer.parseInt(node.address.substring(colon + 1));
    boolean tls = settings.access().servers().get(0).tls();
    return new RemoteUri(node.address.substring(0, colon), port, tls);
  }

  private void tellObstacle(RemoteFailure e) {
    boolean mistake = e.kind == RemoteFailure.Kind.CONFIG;
    if (obstacle == null || mistake && !obstacle.equals(e.getMessage())) {
      obstacle = e.getMessage();
      LOG.log(
          mistake ? Level.ERROR : Level.WARN,
          "remote tier: {}; the tier is passed over until {}",
          obstacle,
          mistake ? "that is mended" : "it answers");
    }
  }

  // ---- looking after one server ----

  private Health health(Node node) {
    return healths.computeIfAbsent(node, it -> new Health());
  }

  private void check(Node node, long now) {
    Health health = health(node);
    if (health.info != null) {
      answer(node, health, now);
    }
    boolean calm = node.mayRead() && node.trusted && !node.full;
    if (health.info == null
        && node.isConnected()
        && now - health.askedNanos >= (calm ? CALM_NANOS : TROUBLED_NANOS)) {
      health.askedNanos = now;
      health.removedKeysBefore = health.removedKeys;
      health.removedKeys = node.removedKeys;
      health.info = node.read(commands -> commands.info());
      health.ping = node.write(RedisAsyncCommands::ping);
    }
    boolean flaps = !settings.isMirrored() && node.breaker.isFlapping();
    node.unsteady = health.lacksReplicas || flaps;
    tellMistake(node, health);
    watchAbsence(node, health, now);
  }

  /** Once, though each command that needs a right meets it anew. */
  private void tellMistake(Node node, Health health) {
    if (node.breaker.isClosedFor(MISTAKEN_NANOS)) {
      node.mistake = null;
    }
    String mistake = node.mistake;
    if (mistake != null && !mistake.equals(health.mistake)) {
      LOG.error("remote tier: {}; it is passed over until that is mended", mistake);
    }
    health.mistake = mistake;
  }

  private void answer(Node node, Health health, long now) {
    boolean answered = health.info.isDone() && health.ping.isDone();
    if (!answered && now - health.askedNanos < timeoutNanos) {
      return;
    }
    try {
      long deadline = System.nanoTime();
      String info = Replies.await(node.address, health.info, deadline);
      Replies.await(node.address, health.ping, deadline);
      judge(node, ServerInfo.parse(info));
      node.breaker.close();
    } catch (RemoteFailure e) {
      // Not even the probe came back: one sign is enough.
      node.breaker.failed(RemoteFailure.Kind.DOWN);
    }
    health.info = null;
    health.ping = null;
  }

  private void judge(Node node, ServerInfo info) {
    Health health = health(node);
    Incarnation before = node.incarnation;
    boolean isNew = before == null || !before.runId.equals(info.runId());
    if (isNew) {
      health.checkedNanos = nanoClock.getAsLong() - CHECK_NANOS;
      health.missedNanos = health.checkedNanos;
      if (before == null) {
        node.incarnation = new Incarnation(info.runId());
      } else {
        suspect(node, info, "restarted");
      }
    } else if (info.evictedKeys() > health.evictedKeys) {
      suspect(node, info, "evicted " + (info.evictedKeys() - health.evictedKeys) + " keys");
    } else if (info.master() && !node.trusted && health.complaint == null) {
      suspect(node, info, "became master");
    } else if (info.master() && !info.history().equals(health.history)) {
      // It has got its first replica, or was one itself for so short a time that nobody saw it.
      suspect(node, info, Level.DEBUG, "goes on from another history");
    } else {
      judgeKeys(node, health, info);
    }
    if (isNew || before != node.incarnation) {
      node.missed = false;
      health.fewer = false;
      health.expiredKeys = info.expiredKeys();
    }
    health.history = info.history();
    health.evictedKeys = info.evictedKeys();
    health.keys = info.keys();
    judgePolicy(node, health, info);
    node.trusted = health.complaint == null && info.master();
    tellReplicas(node, health, info);
    if (node.full && info.hasRoom()) {
      node.full = false;
    }
  }

  private void judgePolicy(Node node, Health health, ServerInfo info) {
    String complaint = info.complaint();
    if (complaint != null && !complaint.equals(health.complaint)) {
      LOG.error("remote tier: {} gets no zpages: {}", node, complaint);
    } else if (complaint == null && health.complaint != null) {
      LOG.warn("remote tier: {} drops no keys any more and gets zpages again", node);
    }
    health.complaint = complaint;
  }

  private void tellReplicas(Node node, Health health, ServerInfo info) {
    boolean lacks = info.master() && info.replicas() < settings.replicas();
    if (lacks != health.lacksReplicas) {
      health.lacksReplicas = lacks;
      LOG.warn(
          "remote tier: {} has {} of {} replicas{}",
          node,
          info.replicas(),
          settings.replicas(),
          lacks ? "; pages there move to the tier below" : " again");
    }
  }

  /**
   * Keys that expired, or became fewer than were removed here, may be those of others; a zpage that
   * was missed is not. Either way everything is checked, once in a while.
   */
  private void judgeKeys(Node node, Health health, ServerInfo info) {
    long now = nanoClock.getAsLong();
    long gone = health.keys - info.keys() - (node.removedKeys - health.removedKeysBefore);
    health.fewer |= info.expiredKeys() > health.expiredKeys || gone > 0;
    if (node.missed && now - health.missedNanos >= CHECK_NANOS) {
      health.missedNanos = now;
      suspect(node, info, "lost zpages");
    } else if (health.fewer && now - health.checkedNanos >= CHECK_NANOS) {
      health.checkedNanos = now;
      suspect(node, info, Level.DEBUG, "misses keys");
    }
  }

  private void suspect(Node node, ServerInfo info, String what) {
    suspect(node, info, Level.WARN, what);
  }

  private void suspect(Node node, ServerInfo info, Level level, String what) {
    node.incarnation = new Incarnation(info.runId());
    suspicion = true;
    LOG.log(level, "remote tier: {} {}; what it holds is checked", node, what);
  }

  private void watchAbsence(Node node, Health health, long now) {
    if (!node.mayRead()) {
      if (health.absence == null) {
        health.absence = new Absence(node, uriOf(node), client, now);
      }
      health.absence.step(now);
    } else if (health.absence != null) {
      health.absence.end(now);
      health.absence = null;
    }
  }
}
