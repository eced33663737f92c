// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The servers that hold zpages and which of them serves which hash slot. A single server serves
 * all. Changed by the {@link Watch} alone, read by everybody.
 */
final class Servers {
  private final LongSupplier nanoClock;
  private final Map<String, Node> byAddress = new ConcurrentHashMap<>();
  private volatile List<Node> masters = List.of();
  private volatile Node[] bySlot = new Node[0];
  private volatile boolean gaps;

  Servers(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** The server of a hash slot, or null while nobody is known to serve it. */
  Node of(int hashSlot) {
    Node[] all = bySlot;
    return all.length == 0 ? null : all[hashSlot % all.length];
  }

  List<Node> masters() {
    return masters;
  }

  Node node(String address) {
    return byAddress.computeIfAbsent(address, it -> new Node(it, nanoClock));
  }

  Collection<Node> everKnown() {
    return byAddress.values();
  }

  /** Takes note of a zpage that was not where it should be; of a suspect group that is no news. */
  void tellMissed(Group group) {
    Node node = of(group.hashSlot);
    if (node != null && group.incarnation == node.incarnation) {
      node.missed = true;
    }
  }

  void beSingle(Node node) {
    masters = List.of(node);
    bySlot = new Node[] {node};
  }

  /** Takes a slot map over; true when a slot has another server than before. */
  boolean beCluster(SlotMap map) {
    Node[] slots = new Node[map.owners().length];
    List<Node> nodes = map.addresses().stream().map(this::node).toList();
    boolean changed = bySlot.length != slots.length;
    boolean unserved = false;
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = map.owners()[slot] < 0 ? null : nodes.get(map.owners()[slot]);
      changed = changed || slots[slot] != bySlot[slot];
      unserved = unserved || slots[slot] == null;
    }
    gaps = unserved;
    masters = nodes;
    bySlot = slots;
    return changed;
  }

  /** Whether a master does not answer, or there is none for some hash slots. */
  boolean isOneAway() {
    return gaps || masters.stream().anyMatch(node -> !node.mayRead());
  }

  boolean mayStore() {
    return masters.stream().anyMatch(Node::mayStore);
  }

  /** Why each server takes nothing, as {@code host:port does not answer}; empty when one does. */
  String obstacles() {
    List<Node> known = masters;
    if (known.isEmpty()) {
      return "no server has been found yet";
    }
    return mayStore() ? "" : known.stream().map(Node::obstacle).collect(Collectors.joining(", "));
  }

  /** Whether no server is shaky, or has a policy that drops keys. */
  boolean areSound() {
    return masters.stream().noneMatch(node -> node.isShaky() || !node.trusted);
  }

  boolean areFull() {
    return masters.stream().anyMatch(node -> node.mayRead() && node.trusted && node.full);
  }
}
