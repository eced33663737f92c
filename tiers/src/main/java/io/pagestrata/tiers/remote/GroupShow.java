// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.crypt.RecordCipher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Shows the oldest group to reclaim. Of zpages with a mirror the stub is enough, since they leave
 * without a write; the others are fetched with a few commands, of which the later ones are under
 * way while the zpages of the first are opened. Owned by the reclaiming thread.
 */
final class GroupShow {
  private final Groups groups;
  private final Servers servers;
  private final Unlinker unlinker;
  private final RecordCipher cipher;
  private final Counters counters;
  private final int zpageBytes;
  private final long timeoutNanos;
  private final CRC32C crc = new CRC32C();
  private ByteBuffer shown;

  /** As many are asked for by one command, so that some are opened while others are under way. */
  private static final int ZPAGES_AT_ONCE = 16;

  /** One command for some places of a group. */
  private record Part(long places, RedisFuture<List<KeyValue<byte[], byte[]>>> reply) {}

  GroupShow(
      Groups groups,
      Servers servers,
      Unlinker unlinker,
      RecordCipher cipher,
      Counters counters,
      int zpageBytes,
      long timeoutNanos) {
    this.groups = groups;
    this.servers = servers;
    this.unlinker = unlinker;
    this.cipher = cipher;
    this.counters = counters;
    this.zpageBytes = zpageBytes;
    this.timeoutNanos = timeoutNanos;
  }

  /** Marks the oldest group as shown whose bytes can be had, if they are needed; or null. */
  Group oldest(long untouchedSinceNanos) {
    return groups.showOldest(
        it ->
            !it.hollow && it.live() != 0 && it.youngestNanos < untouchedSinceNanos && canShow(it));
  }

  /** The same of groups without mirrors on servers that are shaky, whose bytes can be had. */
  Group shaky() {
    return groups.showOldest(it -> !it.hollow && it.live() != 0 && isShaky(it));
  }

  private boolean isShaky(Group group) {
    Node node = servers.of(group.hashSlot);
    return node != null
        && node.mayRead()
        && (node.isShaky() || !node.trusted)
        && !isWhollyBacked(group);
  }

  private boolean canShow(Group group) {
    Node node = servers.of(group.hashSlot);
    return isWhollyBacked(group) || node != null && node.mayRead();
  }

  private static boolean isWhollyBacked(Group group) {
    for (long left = group.live(); left != 0; left &= left - 1) {
      int place = Long.numberOfTrailingZeros(left);
      if (isNone(group.backing(place, group.version(place)))) {
        return false;
      }
    }
    return true;
  }

  /** Shows what is alive in a group; what the server does not give is left out. */
  void visit(Group group, ZpageVisitor visitor) {
    Node node = isWhollyBacked(group) ? null : servers.of(group.hashSlot);
    if (node == null) {
      visit(group, group.live(), List.of(), visitor);
      return;
    }
    long deadline = System.nanoTime() + timeoutNanos;
    boolean answered = true;
    boolean any = false;
    for (Part part : ask(node, group)) {
      List<KeyValue<byte[], byte[]>> values = List.of();
      if (answered) {
        values = await(node, part, deadline);
        answered = !values.isEmpty();
      } else {
        part.reply.cancel(true);
      }
      any |= visit(group, part.places, values, visitor);
    }
    // Shown for ever it would keep reclaim from the younger ones.
    group.hollow = !any && answered;
  }

  /** Sends all commands at once. */
  private List<Part> ask(Node node, Group group) {
    List<Part> parts = new ArrayList<>();
    long left = group.live();
    while (left != 0) {
      long rest = left;
      for (int i = 0; i < ZPAGES_AT_ONCE; i++) {
        rest &= rest - 1;
      }
      long places = left & ~rest;
      parts.add(new Part(places, node.getAll(unlinker.keysOf(group, places))));
      left = rest;
    }
    return parts;
  }

  /** The values of some places in their order; none when the server did not answer. */
  private List<KeyValue<byte[], byte[]>> await(Node node, Part part, long deadline) {
    try {
      List<KeyValue<byte[], byte[]>> values = node.await(part.reply, deadline - System.nanoTime());
      counters.reads.increment();
      for (KeyValue<byte[], byte[]> value : values) {
        counters.readBytes.add(value.hasValue() ? value.getValue().length : 0);
      }
      return values;
    } catch (RemoteFailure e) {
      counters.errors.increment();
      return List.of();
    }
  }

  private boolean visit(
      Group group, long places, List<KeyValue<byte[], byte[]>> values, ZpageVisitor visitor) {
    int n = 0;
    boolean any = false;
    boolean all = true;
    for (long left = places; left != 0; left &= left - 1) {
      int place = Long.numberOfTrailingZeros(left);
      byte[] value = n < values.size() ? values.get(n).getValueOrElse(null) : null;
      boolean found = visit(group, place, value, visitor);
      any |= found;
      all &= found || !group.isAlive(place);
      n++;
    }
    if (!all && !values.isEmpty()) {
      servers.tellMissed(group);
    }
    return any;
  }

  private static boolean isNone(long backing) {
    return backing == UpperTier.NO_BACKING;
  }

  private boolean visit(Group group, int place, byte[] value, ZpageVisitor visitor) {
    int version = group.version(place);
    long locator = Locators.pack(group, place, version);
    long backing = group.backing(place, version);
    int bytes = group.zpageBytes(place);
    if (!isNone(backing)) {
      visitor.visit(group.memory(), group.header(place), bytes, locator, backing);
      return true;
    }
    boolean found = group.isValueOf(place, value);
    if (found) {
      if (shown == null) {
        shown = ByteBuffer.allocateDirect(zpageBytes);
      }
      if (cipher.decrypt(value, shown, group.number, place)) {
        ZpageHeader.seal(shown, 0, crc);
      }
      visitor.visit(shown, 0, bytes, locator, backing);
    }
    return found;
  }
}
