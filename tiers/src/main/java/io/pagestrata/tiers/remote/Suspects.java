// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.RedisFuture;
import io.pagestrata.core.tier.TierHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Checks the groups of a server that may have lost them, and takes pages home from one that has not
 * answered for long. A bounded number of groups at a step. Stepped by the upkeep of the tier.
 *
 * <p>Where keys of a group are missing, pages with a mirror become that; others are lost, counted
 * and told. A page that is read in the meantime finds out by itself.
 */
final class Suspects {
  private static final Logger LOG = LogManager.getLogger(RemoteTier.class);
  private static final int GROUPS_PER_STEP = 32;

  /** Most groups are as they should be, so that a look is all they take. */
  static final int LOOKS_PER_STEP = 4096;

  /** A server that is away for longer than this is no place to keep pages. */
  private static final long MOST_AWAY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Groups groups;
  private final Servers servers;
  private final Unlinker unlinker;
  private final Counters counters;
  private final long timeoutNanos;
  private TierHost host;
  private boolean active;

  /** What could not be checked is there; another pass follows when one of them is used again. */
  private final Set<Node> unchecked = new HashSet<>();

  private long cursor = -1;
  private long goneInPass;
  private long lostInPass;
  private long awaySinceNanos;
  private boolean away;

  Suspects(
      Groups groups, Servers servers, Unlinker unlinker, Counters counters, long timeoutNanos) {
    this.groups = groups;
    this.servers = servers;
    this.unlinker = unlinker;
    this.counters = counters;
    this.timeoutNanos = timeoutNanos;
  }

  void attach(TierHost newHost) {
    host = newHost;
  }

  /** Begins a pass over all groups, now or again. */
  void begin() {
    active = true;
    cursor = -1;
    unchecked.clear();
  }

  /** Looks at some groups and says whether there are more; what leaves them is garbage then. */
  boolean step(long now) {
    watchAbsence(now);
    if (!active && unchecked.stream().anyMatch(Node::mayRead)) {
      begin();
    }
    if (!active) {
      return false;
    }
    int looks = 0;
    int seen = 0;
    for (Group group : groups.after(cursor)) {
      cursor = group.number;
      seen += look(group) ? 1 : 0;
      if (seen == GROUPS_PER_STEP || ++looks == LOOKS_PER_STEP) {
        return true;
      }
    }
    active = false;
    cursor = -1;
    if (goneInPass > 0) {
      LOG.warn("remote tier: {} zpages were gone; their mirrors are the pages now", goneInPass);
      goneInPass = 0;
    }
    if (lostInPass > 0) {
      LOG.error("remote tier: {} pages are lost; a get of one says so", lostInPass);
      lostInPass = 0;
    }
    return false;
  }

  /** Checks a group or takes its pages home, where that is due; false when it was not. */
  private boolean look(Group group) {
    Node node = servers.of(group.hashSlot);
    boolean due = node != null && group.incarnation != node.incarnation;
    if (node != null && node.mayRead()) {
      if (due) {
        check(group, node);
      }
      return due;
    }
    if (away) {
      giveUp(group, ~0L, false);
    }
    if (due && group.live() != 0) {
      unchecked.add(node);
    }
    return away;
  }

  private void watchAbsence(long now) {
    if (!servers.isOneAway()) {
      away = false;
      awaySinceNanos = now;
    } else if (!away && now - awaySinceNanos >= MOST_AWAY_NANOS) {
      away = true;
      LOG.warn("remote tier: pages of the server that does not answer move to their mirrors");
      begin();
    }
  }

  private void check(Group group, Node node) {
    Incarnation incarnation = node.incarnation;
    long live = group.live();
    if (live == 0) {
      group.incarnation = incarnation;
      return;
    }
    try {
      byte[][] names = unlinker.keysOf(group, live);
      long found = node.await(node.read(commands -> commands.exists(names)), timeoutNanos);
      if (found < Long.bitCount(live & group.live())) {
        giveUp(group, missing(group, node, live), true);
      }
      group.incarnation = incarnation;
    } catch (RemoteFailure e) {
      unchecked.add(node);
    }
  }

  /** Which of some places have no key. */
  private long missing(Group group, Node node, long places) throws RemoteFailure {
    byte[][] names = unlinker.keysOf(group, places);
    List<RedisFuture<Long>> replies = new ArrayList<>();
    for (byte[] name : names) {
      replies.add(node.read(commands -> commands.exists(name)));
    }
    long deadline = System.nanoTime() + timeoutNanos;
    long missing = 0;
    long left = places;
    for (RedisFuture<Long> reply : replies) {
      if (node.await(reply, deadline - System.nanoTime()) == 0) {
        missing |= Long.lowestOneBit(left);
      }
      left &= left - 1;
    }
    return missing;
  }

  private void giveUp(Group group, long places, boolean lost) {
    if (!group.pin()) {
      return;
    }
    try {
      for (long left = places; left != 0; left &= left - 1) {
        int place = Long.numberOfTrailingZeros(left);
        if (group.isAlive(place)) {
          long locator = Locators.pack(group, place, group.version(place));
          if (host.fallBackToMirror(group.memory(), group.header(place), locator)) {
            goneInPass += lost ? 1 : 0;
          } else if (lost && group.isAlive(place)) {
            lostInPass++;
            counters.errors.increment();
          }
        }
      }
    } finally {
      groups.unpin(group);
    }
  }
}
