// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

/**
 * The one 64-bit word that is the whole state of a frame.
 *
 * <pre>
 *   63    62     61       60       59  52  51  40  39  38  37    26  25     14  13     7  6       0
 *   FREE  SHOWN  FILLING  DAMAGED  life    pins    backed  last tag  first tag  last size first size
 *
 *   FREE      holds nothing; a pin that comes finds no zpage
 *     | a store takes it: a new life begins
 *   FILLING   in the hands of one store, which copies its zpage
 *     | filled                                   ^ another store fits its zpage beside the first one
 *   LISTED    no flag: in the order of ages, and offered to stores when one buddy is missing
 *     | reclaim shows it                         ^ settled with something left
 *   SHOWN     neither offered nor shown again
 *
 *   LISTED, SHOWN --both sizes 0, no pins, settled--> FREE
 * </pre>
 *
 * <p>Sizes are in chunks, 0 for a missing buddy. A tag counts the zpages that were one buddy of the
 * frame; the locator carries it, so a stale locator finds nothing and a second free is found out.
 * The flags, sizes and tags change under the lock of the pool alone, but for FREE; pins come and go
 * without it. So one get-and-add tells a reader whether its zpage is there <em>and</em> holds it:
 * the room of a buddy that is freed meanwhile is not filled again while a pin is left.
 *
 * <p>Whichever operation leaves a frame without sizes, pins and hands tries the last arrow with a
 * compare-and-set, and one wins. The pin of a reader that came too late stays counted. Pure
 * functions, no state.
 */
final class FrameWord {
  static final long FREE = 1L << 63;
  static final long SHOWN = 1L << 62;
  static final long FILLING = 1L << 61;
  static final long DAMAGED = 1L << 60;
  static final long PIN = 1L << 40;
  static final int TAG_BITS = 12;

  private static final int SIZE_BITS = 7;
  private static final int SIZE_MASK = (1 << SIZE_BITS) - 1;
  private static final int SIZES_MASK = (1 << 2 * SIZE_BITS) - 1;
  private static final int TAG_SHIFT = 2 * SIZE_BITS;
  private static final int TAG_MASK = (1 << TAG_BITS) - 1;
  private static final int BACKED_SHIFT = TAG_SHIFT + 2 * TAG_BITS;
  private static final int LIFE_SHIFT = 52;
  private static final int LIFE_MASK = (1 << 8) - 1;
  private static final long LIFE = (long) LIFE_MASK << LIFE_SHIFT;
  private static final long PINS = (1L << LIFE_SHIFT) - PIN;
  private static final long IN_HANDS = FREE | SHOWN | FILLING | DAMAGED;

  private FrameWord() {}

  /** Size of a buddy (0 the first, 1 the last) in chunks; 0 when there is none. */
  static int size(long word, int buddy) {
    return (int) (word >>> buddy * SIZE_BITS) & SIZE_MASK;
  }

  static int tag(long word, int buddy) {
    return (int) (word >>> TAG_SHIFT + buddy * TAG_BITS) & TAG_MASK;
  }

  /** Whether the room of a buddy ends with its backing locator. */
  static boolean isBacked(long word, int buddy) {
    return (word >>> BACKED_SHIFT + buddy & 1) != 0;
  }

  static int life(long word) {
    return (int) (word >>> LIFE_SHIFT) & LIFE_MASK;
  }

  static boolean isEmpty(long word) {
    return (word & SIZES_MASK) == 0;
  }

  static boolean isPinned(long word) {
    return (word & PINS) != 0;
  }

  static boolean isShown(long word) {
    return (word & SHOWN) != 0;
  }

  static boolean isDamaged(long word) {
    return (word & DAMAGED) != 0;
  }

  /** In the order of ages, and offered to stores. */
  static boolean isListed(long word) {
    return (word & IN_HANDS) == 0 && !isEmpty(word);
  }

  static boolean isRecyclable(long word) {
    return (word & (FREE | SHOWN | FILLING | PINS | SIZES_MASK)) == 0;
  }

  /** The word with a new zpage as a buddy that is missing, in the hands of its store. */
  static long filling(long word, int buddy, int chunks, boolean backed) {
    int tagShift = TAG_SHIFT + buddy * TAG_BITS;
    long tag = tag(word, buddy) + 1L & TAG_MASK;
    long backedBit = 1L << BACKED_SHIFT + buddy;
    long others = word & ~((long) TAG_MASK << tagShift | backedBit);
    return others
        | FILLING
        | (backed ? backedBit : 0)
        | tag << tagShift
        | (long) chunks << buddy * SIZE_BITS;
  }

  /** The word of a free frame that a store takes: the next life, nothing in it. */
  static long opened(long word) {
    long life = life(word) + 1L & LIFE_MASK;
    return word & ~(IN_HANDS | LIFE) | life << LIFE_SHIFT;
  }

  static long withoutBuddy(long word, int buddy) {
    return word & ~((long) SIZE_MASK << buddy * SIZE_BITS);
  }

  /** The word of a frame in a closed pool. */
  static long closed(long word) {
    return (word | FREE) & ~SIZES_MASK;
  }
}
