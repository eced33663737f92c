// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.StoreIntent;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The zspages of one size class, grouped by how full they are.
 *
 * <p>A store takes a slot of the fullest zspage that is not full, so that sparse ones get a chance
 * to empty by themselves; a zspage goes back to the free frames with its last slot. Groups are
 * eighths of fullness, the lowest one holds a zspage with a single slot in use as well, and full
 * zspages are a group that nobody takes slots from.
 *
 * <p>All state is guarded by {@link #lock}, which is held for a few instructions and never while a
 * zpage is copied, but by compaction for a few zpages at a time. The two counts may be read without
 * it.
 */
final class ZspageGroups {
  static final int PARTIAL_GROUPS = 8;
  static final long NO_PLACE = -1;

  private static final int FULL = PARTIAL_GROUPS;

  final SizeClass sizeClass;
  final ReentrantLock lock = new ReentrantLock();

  private final Zspages zspages;
  private final Room room;
  private final int[] first = new int[PARTIAL_GROUPS + 1];
  private final int[] chain;
  private volatile int count;
  private volatile long usedSlots;

  ZspageGroups(SizeClass sizeClass, Zspages zspages, Room room) {
    this.sizeClass = sizeClass;
    this.zspages = zspages;
    this.room = room;
    chain = new int[sizeClass.frames()];
    Arrays.fill(first, Zspages.NONE);
  }

  /** Slots that are free; may be read without the lock. */
  long freeSlots() {
    return (long) count * sizeClass.slots() - usedSlots;
  }

  /** Slots in use; may be read without the lock. */
  long usedSlots() {
    return usedSlots;
  }

  /** Takes a slot of the fullest zspage that has one, or of a new one; or {@link #NO_PLACE}. */
  long takeSlot(StoreIntent intent) {
    int zspage = fullest();
    if (zspage == Zspages.NONE) {
      zspage = make(intent);
    }
    return zspage == Zspages.NONE ? NO_PLACE : takeSlotOf(zspage);
  }

  /** Takes a slot of a zspage that has one free. */
  long takeSlotOf(int zspage) {
    int group = group(zspage);
    int slot = zspages.takeSlot(sizeClass, zspage);
    usedSlots++;
    regroup(zspage, group);
    return HandleWord.place(zspage, slot);
  }

  /**
   * Gives a slot back, and with the last one its zspage, unless compaction has isolated that.
   *
   * @return true when this made room: frames became free, or the first slot did
   */
  boolean putSlot(long place) {
    int zspage = HandleWord.zspage(place);
    int group = group(zspage);
    boolean isolated = zspages.previous(zspage) == Zspages.ISOLATED;
    zspages.putSlot(sizeClass, zspage, HandleWord.slot(place));
    usedSlots--;
    if (isolated) {
      return false;
    }
    if (zspages.usedSlots(zspage) > 0) {
      regroup(zspage, group);
      return freeSlots() == 1;
    }
    unlink(zspage, group);
    drop(zspage);
    return true;
  }

  /** The zspage to take slots from, or {@link Zspages#NONE}. */
  int fullest() {
    int group = FULL - 1;
    while (group >= 0 && first[group] == Zspages.NONE) {
      group--;
    }
    return group < 0 ? Zspages.NONE : first[group];
  }

  /**
   * Takes the sparsest zspage out of its group, so that no slot of it is given out any more.
   *
   * @return the zspage, or {@link Zspages#NONE} when what it holds does not fit into the others
   */
  int isolateSparsest() {
    int group = 0;
    while (group < FULL && first[group] == Zspages.NONE) {
      group++;
    }
    if (group == FULL || freeSlots() < sizeClass.slots()) {
      return Zspages.NONE;
    }
    int zspage = first[group];
    unlink(zspage, group);
    zspages.setPrevious(zspage, Zspages.ISOLATED);
    return zspage;
  }

  /** Ends an isolation; true when nothing was left in the zspage and its frames became free. */
  boolean endIsolation(int zspage) {
    if (zspages.usedSlots(zspage) > 0) {
      link(zspage, group(zspage));
      return false;
    }
    drop(zspage);
    return true;
  }

  /** First zspage of a group, full ones being the last group. */
  int first(int group) {
    return first[group];
  }

  private int make(StoreIntent intent) {
    for (int k = 0; k < chain.length; k++) {
      chain[k] = room.takeFrame(intent);
      if (chain[k] == Room.NONE) {
        while (--k >= 0) {
          room.putFrame(chain[k]);
        }
        return Zspages.NONE;
      }
    }
    zspages.format(sizeClass, chain);
    count++;
    link(chain[0], group(chain[0]));
    return chain[0];
  }

  private void drop(int zspage) {
    count--;
    for (int k = 1; k < chain.length; k++) {
      chain[k] = zspages.frame(zspage, k);
    }
    chain[0] = zspage;
    // The free ones are a stack: the next zspage finds its frames in order, and so side by side.
    for (int k = chain.length - 1; k >= 0; k--) {
      room.putFrame(chain[k]);
    }
  }

  private int group(int zspage) {
    return zspages.usedSlots(zspage) * PARTIAL_GROUPS / sizeClass.slots();
  }

  private void regroup(int zspage, int from) {
    int to = group(zspage);
    if (to != from) {
      unlink(zspage, from);
      link(zspage, to);
    }
  }

  private void link(int zspage, int group) {
    int second = first[group];
    zspages.setPrevious(zspage, Zspages.NONE);
    zspages.setNext(zspage, second);
    if (second != Zspages.NONE) {
      zspages.setPrevious(second, zspage);
    }
    first[group] = zspage;
  }

  private void unlink(int zspage, int group) {
    int previous = zspages.previous(zspage);
    int next = zspages.next(zspage);
    if (previous == Zspages.NONE) {
      first[group] = next;
    } else {
      zspages.setNext(previous, next);
    }
    if (next != Zspages.NONE) {
      zspages.setPrevious(next, previous);
    }
  }
}
