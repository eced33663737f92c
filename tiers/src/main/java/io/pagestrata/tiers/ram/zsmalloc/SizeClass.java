// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

/**
 * Geometry of the zspages of one size class. Immutable.
 *
 * <pre>
 * frame 0                                        | frame 1         | ...
 * header | frames 1.. | owner of each slot | pad | slots, packed over the ends of frames | rest
 * 16 B     4 B each     4 B each
 * </pre>
 *
 * <p>Header, frame numbers and owners lie in the first frame, so they need no memory of their own
 * and are counted like everything else in it.
 *
 * @param index number of the class, ascending with the slot size
 * @param frames frames of a zspage
 * @param slots slots of a zspage
 * @param slotBytes size of a slot, a multiple of the unit
 * @param firstSlotOffset where the first slot begins
 */
record SizeClass(int index, int frames, int slots, int slotBytes, int firstSlotOffset) {
  static final int HEADER_BYTES = 16;

  /** First byte of the owners of slots. */
  static int ownersOffset(int frames) {
    return HEADER_BYTES + Integer.BYTES * (frames - 1);
  }

  int ownersOffset() {
    return ownersOffset(frames);
  }

  /** Offset of a slot in its zspage. */
  int slotOffset(int slot) {
    return firstSlotOffset + slot * slotBytes;
  }
}
