// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.RedisFuture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Removes from the servers what is garbage: freed zpages, and what writes that were given up may
 * have left. A server that does not answer keeps its garbage until it does.
 *
 * <p>A removal on the {@link Line} of the write is done after it, so its answer is final. On
 * another line, or another server, the write may come later: it was sent to a server that hung, and
 * the connection broke. Such a ghost stays garbage, and is removed once more when nothing of the
 * earlier line can come; in the limit of the tier it does not count. Queueing is for any thread,
 * steps are for one.
 */
final class Unlinker {
  private static final int GROUPS_PER_STEP = 64;

  /** Removals under way: of which places of a group, and the answer to come. */
  private record Removal(
      Group group, long places, Node node, Line line, boolean last, RedisFuture<Long> reply) {}

  private final Queue<Group> queue = new ConcurrentLinkedQueue<>();

  /** Removed, but perhaps not for good; looked at again, a few at each step. */
  private final Queue<Group> ghosts = new ArrayDeque<>();

  private final Groups groups;
  private final Servers servers;
  private final Keys keys;
  private final Space space;

  Unlinker(Groups groups, Servers servers, Keys keys, Space space) {
    this.groups = groups;
    this.servers = servers;
    this.keys = keys;
    this.space = space;
  }

  /** Queues a group that has garbage. */
  void add(Group group) {
    if (group.queued.compareAndSet(false, true)) {
      queue.add(group);
    }
  }

  /** Sends the removals of some groups and waits for the answers; says how many bytes are gone. */
  long step(long timeoutNanos) {
    for (int i = Math.min(ghosts.size(), GROUPS_PER_STEP); i > 0; i--) {
      Group group = ghosts.remove();
      Node node = servers.of(group.hashSlot);
      (node != null && node.isSettled() ? queue : ghosts).add(group);
    }
    return step(timeoutNanos, false);
  }

  /** Does the same where no later step follows. */
  long lastStep(long timeoutNanos) {
    queue.addAll(ghosts);
    ghosts.clear();
    return step(timeoutNanos, true);
  }

  private long step(long timeoutNanos, boolean last) {
    List<Removal> removals = new ArrayList<>();
    List<Group> later = new ArrayList<>();
    for (int i = 0; i < GROUPS_PER_STEP; i++) {
      Group group = queue.poll();
      if (group == null) {
        break;
      }
      Node node = servers.of(group.hashSlot);
      if (node == null || !node.mayRead()) {
        later.add(group);
        continue;
      }
      // Before the look, so that garbage made after it queues the group again.
      group.queued.set(false);
      long places = group.garbage();
      if (places != 0) {
        Line line = node.line();
        boolean isLast = last || line == group.line || node.isSettled();
        node.removedKeys += Long.bitCount(places);
        RedisFuture<Long> reply = node.unlink(keysOf(group, places));
        removals.add(new Removal(group, places, node, line, isLast, reply));
      }
    }
    long bytes = 0;
    // One for all: a server that hangs costs a step no more than the first of its answers.
    long deadline = System.nanoTime() + timeoutNanos;
    for (Removal removal : removals) {
      bytes += end(removal, deadline - System.nanoTime());
    }
    queue.addAll(later);
    return bytes;
  }

  private long end(Removal removal, long timeoutNanos) {
    Group group = removal.group();
    try {
      removal.node().await(removal.reply(), timeoutNanos);
    } catch (RemoteFailure e) {
      add(group);
      return 0;
    }
    long bytes = space.bytesOf(group, removal.places() & ~group.doubted);
    space.unlinked(bytes);
    // A command in flight is sent once more when the connection was lost, on the next one.
    if (removal.last() && removal.node().line() == removal.line()) {
      group.doubted &= ~removal.places();
      group.unlinked(removal.places());
      groups.recycleIfEmpty(group);
    } else {
      group.doubted |= removal.places();
      if (group.queued.compareAndSet(false, true)) {
        ghosts.add(group);
      }
    }
    return bytes;
  }

  byte[][] keysOf(Group group, long places) {
    byte[][] all = new byte[Long.bitCount(places)][];
    int n = 0;
    for (long left = places; left != 0; left &= left - 1) {
      all[n++] = keys.zpage(group.number, Long.numberOfTrailingZeros(left));
    }
    return all;
  }
}
