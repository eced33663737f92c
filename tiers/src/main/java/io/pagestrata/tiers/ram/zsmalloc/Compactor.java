// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import java.nio.ByteBuffer;

/**
 * Empties the sparsest zspage of a size class into the fullest others of that class.
 *
 * <p>The zspage is isolated first, so that no store fills it again. A zpage moves when nobody pins
 * it: its bytes are copied, then its handle is repointed by one compare-and-set; whoever pinned or
 * freed it meanwhile wins, and it stays. What is stored and not published yet stays as well. The
 * lock of the class is held for a few zpages at a time, so that no put waits for longer. Used by
 * one thread at a time.
 */
final class Compactor {
  /** Zpages moved before the lock of the class is given up for a moment. */
  private static final int SLOTS_PER_TURN = 16;

  private final Zspages zspages;
  private final Handles handles;
  private final ByteBuffer scratch;
  private final int unitBytes;
  private volatile long movedZpages;
  private volatile long movedBytes;
  private volatile long emptiedZspages;

  Compactor(Zspages zspages, Handles handles, ByteBuffer scratch, int unitBytes) {
    this.zspages = zspages;
    this.handles = handles;
    this.scratch = scratch;
    this.unitBytes = unitBytes;
  }

  /**
   * Tries to empty one zspage.
   *
   * @return whether its frames became free
   */
  boolean emptySparsest(ZspageGroups groups) {
    int zspage;
    groups.lock.lock();
    try {
      zspage = groups.isolateSparsest();
    } finally {
      groups.lock.unlock();
    }
    if (zspage == Zspages.NONE) {
      return false;
    }
    int slots = groups.sizeClass.slots();
    for (int slot = 0; slot < slots; slot += SLOTS_PER_TURN) {
      groups.lock.lock();
      try {
        moveSome(groups, zspage, slot, Math.min(slots, slot + SLOTS_PER_TURN));
      } finally {
        groups.lock.unlock();
      }
    }
    groups.lock.lock();
    try {
      boolean emptied = groups.endIsolation(zspage);
      emptiedZspages += emptied ? 1 : 0;
      return emptied;
    } finally {
      groups.lock.unlock();
    }
  }

  private void moveSome(ZspageGroups groups, int zspage, int from, int to) {
    for (int slot = from; slot < to && zspages.usedSlots(zspage) > 0; slot++) {
      int handle = zspages.owner(groups.sizeClass, zspage, slot);
      if (handle != Zspages.NONE && handle != Zspages.NO_HANDLE) {
        move(groups, handle, HandleWord.place(zspage, slot));
      }
    }
  }

  private void move(ZspageGroups groups, int handle, long place) {
    long word = handles.word(handle);
    if (!HandleWord.isLive(word)
        || HandleWord.isPinned(word)
        || HandleWord.place(word) != place
        || groups.fullest() == Zspages.NONE) {
      return;
    }
    SizeClass sizeClass = groups.sizeClass;
    long target = groups.takeSlotOf(groups.fullest());
    int bytes = HandleWord.units(word) * unitBytes;
    zspages.copyOut(sizeClass, place, scratch, bytes);
    zspages.write(sizeClass, target, scratch, 0, bytes, bytes);
    if (HandleWord.isBacked(word)) {
      zspages.setTrailer(sizeClass, target, zspages.trailer(sizeClass, place));
    }
    zspages.setOwner(sizeClass, HandleWord.zspage(target), HandleWord.slot(target), handle);
    boolean moved = handles.compareAndSet(handle, word, HandleWord.movedTo(word, target));
    groups.putSlot(moved ? place : target);
    if (moved) {
      movedZpages++;
      movedBytes += bytes;
    }
  }

  long movedZpages() {
    return movedZpages;
  }

  long movedBytes() {
    return movedBytes;
  }

  long emptiedZspages() {
    return emptiedZspages;
  }
}
