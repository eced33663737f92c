// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.pagestrata.core.tier.MemoryBudget;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/** All groups, by slot for readers and by number, which is their age, for reclaim. Thread-safe. */
final class Groups implements AutoCloseable {
  private static final int FIRST_SLOTS = 1024;

  private final StubMemory memory;
  private final ConcurrentSkipListMap<Long, Group> byNumber = new ConcurrentSkipListMap<>();
  private final Deque<Integer> freeSlots = new ArrayDeque<>();
  private volatile Group[] bySlot = new Group[FIRST_SLOTS];
  private int[] lives = new int[FIRST_SLOTS];
  private int slots;
  private long nextNumber;

  Groups(MemoryBudget budget) {
    memory = new StubMemory(budget);
  }

  /** Number of a group that does not exist yet; each is given once. */
  synchronized long nextNumber() {
    return nextNumber++;
  }

  /** Makes an open group; null when there is no memory for its stubs. */
  synchronized Group open(long number, Incarnation incarnation, Line line) {
    if (freeSlots.isEmpty() && slots == Locators.MOST_SLOTS) {
      return null;
    }
    StubMemory.Room room = memory.take();
    if (room == null) {
      return null;
    }
    int slot = freeSlots.isEmpty() ? newSlot() : freeSlots.remove();
    Group group = new Group(number, slot, lives[slot], room, incarnation, line);
    Group[] all = bySlot;
    all[slot] = group;
    // A volatile write, so that readers on other threads find the element.
    bySlot = all;
    byNumber.put(number, group);
    return group;
  }

  private int newSlot() {
    if (slots == lives.length) {
      lives = Arrays.copyOf(lives, 2 * slots);
      bySlot = Arrays.copyOf(bySlot, 2 * slots);
    }
    return slots++;
  }

  /** The group that a locator names, pinned; null when it is gone. */
  Group pin(long locator) {
    Group group = find(locator);
    return group != null && group.pin() ? group : null;
  }

  void unpin(Group group) {
    group.unpin();
    recycleIfEmpty(group);
  }

  /** The group that a locator names; null when it is gone. */
  Group find(long locator) {
    Group[] all = bySlot;
    int slot = Locators.slot(locator);
    Group group = slot < all.length ? all[slot] : null;
    return group != null && group.life == Locators.life(locator) ? group : null;
  }

  Group numbered(long number) {
    return byNumber.get(number);
  }

  /** Shows the oldest sealed group that suits; null when there is none. */
  Group showOldest(Predicate<Group> suits) {
    for (Group group : byNumber.values()) {
      if (suits.test(group) && group.show()) {
        return group;
      }
    }
    return null;
  }

  /** The groups behind a number, oldest first; a view that follows changes. */
  Collection<Group> after(long number) {
    return byNumber.tailMap(number, false).values();
  }

  /** Every group, oldest first; a view that follows changes. */
  Collection<Group> all() {
    return byNumber.values();
  }

  void recycleIfEmpty(Group group) {
    if (group.tryRecycle()) {
      synchronized (this) {
        byNumber.remove(group.number);
        bySlot[group.slot] = null;
        lives[group.slot] = (group.life + 1) % Locators.LIVES;
        freeSlots.add(group.slot);
        memory.giveBack(group.room);
      }
    }
  }

  @Override
  public synchronized void close() {
    bySlot = new Group[0];
    byNumber.clear();
    memory.close();
  }
}
