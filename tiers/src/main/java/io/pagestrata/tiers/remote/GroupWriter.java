// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.RedisFuture;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.crypt.RecordCipher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes batches: cuts each into groups, sends one MSET for each group, waits for all of them, and
 * when replicas are wanted for their acknowledgement as well. A batch is stored when everything was
 * acknowledged in time; otherwise all of it is garbage, since nobody knows which part of it exists.
 * Owned by the thread that holds the store lock.
 */
final class GroupWriter {
  private static final int MOST_GROUPS_TRIED = 64;

  /** A run of zpages that went into one group. */
  private record Part(
      Group group,
      int firstPlace,
      int first,
      int count,
      Node node,
      RedisFuture<String> written,
      RedisFuture<Long> replicated) {
    long places() {
      return Group.bits(firstPlace, count);
    }
  }

  private final RemoteSettings settings;
  private final Groups groups;
  private final Servers servers;
  private final Keys keys;
  private final RecordCipher cipher;
  private final Unlinker unlinker;
  private final LongSupplier nanoClock;
  private final long timeoutNanos;
  private final List<Part> parts = new ArrayList<>();
  private Group open;
  private Node openNode;
  private RemoteFailure failure;
  private Node failed;

  GroupWriter(
      RemoteSettings settings,
      Groups groups,
      Servers servers,
      Keys keys,
      RecordCipher cipher,
      Unlinker unlinker,
      LongSupplier nanoClock) {
    this.settings = settings;
    this.groups = groups;
    this.servers = servers;
    this.keys = keys;
    this.cipher = cipher;
    this.unlinker = unlinker;
    this.nanoClock = nanoClock;
    timeoutNanos = settings.timeout().toNanos();
  }

  /** Writes a batch for which there is room, and sets its locators when that worked. */
  TierOutcome write(ZpageBatch batch) {
    parts.clear();
    failure = null;
    TierOutcome outcome = send(batch);
    long deadline = System.nanoTime() + timeoutNanos;
    for (Part part : parts) {
      await(part, deadline);
    }
    if (outcome == TierOutcome.STORED && failure != null) {
      outcome = failure.kind == RemoteFailure.Kind.FULL ? TierOutcome.FULL : TierOutcome.READ_ONLY;
    }
    for (Part part : parts) {
      if (outcome == TierOutcome.STORED) {
        publish(batch, part);
      } else {
        part.group.makeGarbage(part.places());
      }
      if (part.group.written == Group.ZPAGES) {
        part.group.seal();
      }
      if (outcome != TierOutcome.STORED) {
        unlinker.add(part.group);
      }
      groups.unpin(part.group);
    }
    return outcome;
  }

  /** What a refused batch left to be removed. */
  long garbageBytes(Space space) {
    long bytes = 0;
    for (Part part : parts) {
      bytes += space.bytesOf(part.group, part.places());
    }
    return bytes;
  }

  /** Why the last batch was refused, or null. */
  RemoteFailure failure() {
    return failure;
  }

  private TierOutcome send(ZpageBatch batch) {
    int next = 0;
    while (next < batch.count()) {
      Group group = openGroup();
      if (group == null) {
        return servers.mayStore() || servers.areFull() ? TierOutcome.FULL : TierOutcome.READ_ONLY;
      }
      int count = Math.min(Group.ZPAGES - group.written, batch.count() - next);
      parts.add(send(batch, next, count, group));
      next += count;
    }
    return TierOutcome.STORED;
  }

  /** The open group, or a new one on a server that takes zpages; null when there is none. */
  private Group openGroup() {
    Group group = open;
    if (group != null) {
      boolean same =
          servers.of(group.hashSlot) == openNode
              && openNode.mayStore()
              && openNode.incarnation == group.incarnation
              && openNode.line() == group.line;
      if (same && group.written < Group.ZPAGES && !group.isSealed()) {
        return group;
      }
      seal(group);
      open = null;
    }
    for (int i = 0; i < MOST_GROUPS_TRIED && servers.mayStore(); i++) {
      long number = groups.nextNumber();
      Node node = servers.of(Keys.hashSlot(number));
      if (node != null && node.mayStore()) {
        open = groups.open(number, node.incarnation, node.line());
        openNode = node;
        return open;
      }
    }
    return null;
  }

  private Part send(ZpageBatch batch, int first, int count, Group group) {
    int firstPlace = group.written;
    int valueBytes = 0;
    for (int i = first; i < first + count; i++) {
      valueBytes += valueBytes(batch, i);
    }
    StoreArgs pairs = new StoreArgs(count, keys.zpage(group.number, 0).length, valueBytes);
    // Until its places are alive or garbage it looks empty, and sealed it would be recycled.
    group.pin();
    for (int i = 0; i < count; i++) {
      int offset = batch.offset(first + i);
      int place = firstPlace + i;
      int bytes = valueBytes(batch, first + i);
      int value = pairs.add(keys.zpage(group.number, place), bytes);
      // Numbers of groups are not used twice, and each place is written once: so is the nonce.
      cipher.seal(
          batch.data(),
          offset,
          bytes - RecordCipher.TAG_BYTES,
          pairs.memory(),
          value,
          group.number,
          place);
      group.write(place, pairs.memory(), value, batch.backing(first + i));
    }
    group.written += count;
    group.youngestNanos = nanoClock.getAsLong();
    Node node = openNode;
    RedisFuture<String> written = node.store(pairs);
    RedisFuture<Long> replicated =
        settings.isMirrored()
            ? null
            : node.awaitReplicas(settings.replicas(), settings.timeout().toMillis());
    return new Part(group, firstPlace, first, count, node, written, replicated);
  }

  private static int valueBytes(ZpageBatch batch, int index) {
    return ZpageHeader.zpageBytes(batch.data(), batch.offset(index)) + RecordCipher.TAG_BYTES;
  }

  private void await(Part part, long deadline) {
    if (failure != null && part.node == failed) {
      // One batch that is not answered is one timeout to the breaker, however many commands it was.
      part.written.cancel(true);
      return;
    }
    try {
      part.node.await(part.written, deadline - System.nanoTime());
      if (part.replicated != null) {
        long replicas = part.node.await(part.replicated, deadline - System.nanoTime());
        if (replicas < settings.replicas()) {
          part.node.replicasAreLate();
          throw new RemoteFailure(
              RemoteFailure.Kind.UNKNOWN,
              part.node + ": " + replicas + " replicas acknowledged a write",
              null);
        }
        if (part.node.line() != part.group.line) {
          // Sent again on a connection without writes, WAIT counts the replicas that are there.
          throw new RemoteFailure(
              RemoteFailure.Kind.UNKNOWN,
              part.node + ": the connection went before replicas acknowledged a write",
              null);
        }
      }
    } catch (RemoteFailure e) {
      failure = e;
      failed = part.node;
    }
  }

  private void publish(ZpageBatch batch, Part part) {
    part.group.makeAlive(part.places());
    for (int i = 0; i < part.count; i++) {
      batch.setToLocator(part.first + i, Locators.pack(part.group, part.firstPlace + i, 0));
    }
  }

  private void seal(Group group) {
    group.seal();
    groups.recycleIfEmpty(group);
  }

  /** Ends the open group, so that it can be shown; false when there is none. */
  boolean sealOpen() {
    Group group = open;
    open = null;
    if (group == null) {
      return false;
    }
    seal(group);
    return true;
  }
}
