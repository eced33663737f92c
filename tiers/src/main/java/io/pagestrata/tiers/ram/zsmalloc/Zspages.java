// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.nio.ByteBuffer;

/**
 * The bytes of all zspages: headers, owners of slots, and copies into and out of slots.
 *
 * <pre>
 * header  0            2                4                 6   8                12     16
 *         | slots used | first free + 1 | slots ever used | - | previous in    | next |
 *         | u16        | u16            | u16             |   | its group, i32 | i32  |
 *
 * owner   31        28    0                31
 *         TAKEN | - | handle      or       0 | next free slot + 1
 * </pre>
 *
 * <p>A zspage is named by the number of its first frame. Its frame numbers stay as they are while
 * anything is stored in it, so readers need no lock for them; the rest of a header, and the owners,
 * are guarded by the lock of the {@link ZspageGroups} of its class. Stateless but for the memory.
 */
final class Zspages {
  static final int NONE = -1;

  /** Stands for "previous" in a zspage that is in no group, because compaction empties it. */
  static final int ISOLATED = -2;

  /** Owner of a slot whose zpage has no handle yet. */
  static final int NO_HANDLE = HandleWord.MAX_HANDLES - 1;

  private static final int TAKEN = 1 << 31;
  private static final int USED = 0;
  private static final int FREE = 2;
  private static final int EVER = 4;
  private static final int PREVIOUS = 8;
  private static final int NEXT = 12;
  private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(256);

  private final ByteBuffer[] slabs;
  private final int frameShift;
  private final int slabShift;

  Zspages(OffHeapMemory memory, int frameBytes) {
    slabs = memory.slabs();
    frameShift = Integer.numberOfTrailingZeros(frameBytes);
    slabShift = Integer.numberOfTrailingZeros(OffHeapMemory.SLAB_BYTES) - frameShift;
  }

  /** Makes a zspage without used slots out of a chain of frames. */
  void format(SizeClass sizeClass, int[] chain) {
    int zspage = chain[0];
    setShort(zspage, USED, 0);
    setShort(zspage, FREE, 0);
    setShort(zspage, EVER, 0);
    for (int k = 1; k < sizeClass.frames(); k++) {
      setInt(zspage, SizeClass.ownersOffset(k), chain[k]);
    }
  }

  /** Number of frame {@code k} of a zspage. */
  int frame(int zspage, int k) {
    return k == 0 ? zspage : getInt(zspage, SizeClass.ownersOffset(k));
  }

  int usedSlots(int zspage) {
    return getShort(zspage, USED);
  }

  int previous(int zspage) {
    return getInt(zspage, PREVIOUS);
  }

  void setPrevious(int zspage, int previous) {
    setInt(zspage, PREVIOUS, previous);
  }

  int next(int zspage) {
    return getInt(zspage, NEXT);
  }

  void setNext(int zspage, int next) {
    setInt(zspage, NEXT, next);
  }

  /** Takes a free slot of a zspage that has one; its owner is not known yet. */
  int takeSlot(SizeClass sizeClass, int zspage) {
    int slot = getShort(zspage, FREE) - 1;
    if (slot == NONE) {
      slot = getShort(zspage, EVER);
      setShort(zspage, EVER, slot + 1);
    } else {
      setShort(zspage, FREE, getInt(zspage, ownerOffset(sizeClass, slot)));
    }
    setShort(zspage, USED, usedSlots(zspage) + 1);
    setOwner(sizeClass, zspage, slot, NO_HANDLE);
    return slot;
  }

  void putSlot(SizeClass sizeClass, int zspage, int slot) {
    setInt(zspage, ownerOffset(sizeClass, slot), getShort(zspage, FREE));
    setShort(zspage, FREE, slot + 1);
    setShort(zspage, USED, usedSlots(zspage) - 1);
  }

  /**
   * Handle of a slot, {@link #NO_HANDLE} or, for a free slot, {@link #NONE}. Compaction reads it
   * while a store may be writing it, and believes it only when the handle names the slot.
   */
  int owner(SizeClass sizeClass, int zspage, int slot) {
    if (slot >= getShort(zspage, EVER)) {
      return NONE;
    }
    int owner = getInt(zspage, ownerOffset(sizeClass, slot));
    return owner < 0 ? owner & ~TAKEN : NONE;
  }

  void setOwner(SizeClass sizeClass, int zspage, int slot, int handle) {
    setInt(zspage, ownerOffset(sizeClass, slot), TAKEN | handle);
  }

  private static int ownerOffset(SizeClass sizeClass, int slot) {
    return sizeClass.ownersOffset() + slot * Integer.BYTES;
  }

  /** Copies a zpage into a slot, with zeroes up to the end of its footprint. */
  void write(
      SizeClass sizeClass, long place, ByteBuffer from, int offset, int bytes, int footprint) {
    int at = sizeClass.slotOffset(HandleWord.slot(place));
    copyIn(HandleWord.zspage(place), at, from, offset, bytes);
    copyIn(HandleWord.zspage(place), at + bytes, ZEROES, 0, footprint - bytes);
  }

  private void copyIn(int zspage, int at, ByteBuffer from, int offset, int bytes) {
    for (int done = 0; done < bytes; ) {
      int frame = frame(zspage, at + done >>> frameShift);
      int inFrame = at + done & (1 << frameShift) - 1;
      int piece = Math.min(bytes - done, (1 << frameShift) - inFrame);
      slab(frame).put(slabOffset(frame) + inFrame, from, offset + done, piece);
      done += piece;
    }
  }

  /** Copies bytes of a slot to the start of a buffer. */
  void copyOut(SizeClass sizeClass, long place, ByteBuffer to, int bytes) {
    int at = sizeClass.slotOffset(HandleWord.slot(place));
    for (int done = 0; done < bytes; ) {
      int frame = frame(HandleWord.zspage(place), at + done >>> frameShift);
      int inFrame = at + done & (1 << frameShift) - 1;
      int piece = Math.min(bytes - done, (1 << frameShift) - inFrame);
      to.put(done, slab(frame), slabOffset(frame) + inFrame, piece);
      done += piece;
    }
  }

  /**
   * Whether the first bytes of a slot lie side by side, so that they can be read where they are.
   */
  boolean isInOnePiece(SizeClass sizeClass, long place, int bytes) {
    int at = sizeClass.slotOffset(HandleWord.slot(place));
    int last = at + bytes - 1 >>> frameShift;
    for (int k = at >>> frameShift; k < last; k++) {
      int frame = frame(HandleWord.zspage(place), k);
      boolean joined = frame(HandleWord.zspage(place), k + 1) == frame + 1;
      if (!joined || (frame + 1 & (1 << slabShift) - 1) == 0) {
        return false;
      }
    }
    return true;
  }

  /** The memory that holds the first byte of a slot. */
  ByteBuffer slab(SizeClass sizeClass, long place) {
    int at = sizeClass.slotOffset(HandleWord.slot(place));
    return slab(frame(HandleWord.zspage(place), at >>> frameShift));
  }

  /** Where in it that byte is. */
  int slabOffset(SizeClass sizeClass, long place) {
    int at = sizeClass.slotOffset(HandleWord.slot(place));
    int frame = frame(HandleWord.zspage(place), at >>> frameShift);
    return slabOffset(frame) + (at & (1 << frameShift) - 1);
  }

  /** The last eight bytes of a slot, in which a backed zpage has its trailer. */
  long trailer(SizeClass sizeClass, long place) {
    int at = sizeClass.slotOffset(HandleWord.slot(place) + 1) - Long.BYTES;
    int frame = frame(HandleWord.zspage(place), at >>> frameShift);
    return Fields.getLong(slab(frame), slabOffset(frame) + (at & (1 << frameShift) - 1));
  }

  void setTrailer(SizeClass sizeClass, long place, long backing) {
    int at = sizeClass.slotOffset(HandleWord.slot(place) + 1) - Long.BYTES;
    int frame = frame(HandleWord.zspage(place), at >>> frameShift);
    Fields.setLong(slab(frame), slabOffset(frame) + (at & (1 << frameShift) - 1), backing);
  }

  private ByteBuffer slab(int frame) {
    return slabs[frame >>> slabShift];
  }

  private int slabOffset(int frame) {
    return (frame & (1 << slabShift) - 1) << frameShift;
  }

  private int getShort(int frame, int offset) {
    return Fields.getShort(slab(frame), slabOffset(frame) + offset);
  }

  private void setShort(int frame, int offset, int value) {
    Fields.setShort(slab(frame), slabOffset(frame) + offset, value);
  }

  private int getInt(int frame, int offset) {
    return Fields.getInt(slab(frame), slabOffset(frame) + offset);
  }

  private void setInt(int frame, int offset, int value) {
    Fields.setInt(slab(frame), slabOffset(frame) + offset, value);
  }
}
