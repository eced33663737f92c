// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

/**
 * The 64-bit word of a handle, which is the whole state of one zpage in the pool, and the locator
 * that names it.
 *
 * <pre>
 *   word     63    62    61  55  54 47  46      45    36  35  26  25        0
 *            LIVE  DEAD  pins    life   backed  length    slot    zspage
 *
 *   locator  47        19  18   11  10      9      0
 *            handle        life     backed  length            length in units of pageBytes / 512
 *
 *   FREE    neither flag; nobody's, or shown by reclaim and not settled yet
 *     | store: the bytes are in their slot
 *   LIVE    readers add pins; compaction repoints slot and zspage, but only when no pin counts
 *     | free                  | free, no pin counts
 *   DEAD    no further pin    |
 *     | the last pin goes     |
 *   FREE <--------------------'   whoever made this step gives slot and handle back
 * </pre>
 *
 * <p>A zpage never changes while it is stored, so compaction copies it first and then tries one
 * compare-and-set from the word without pins to the same word with the new place. A reader thus
 * never waits for compaction: either its pin came first and the zpage stays, or it finds the new
 * place. Life, flag and length of the locator are compared with the word, so that nearly every
 * locator of an earlier life is found out. Pure functions, no state.
 */
final class HandleWord {
  static final long LIVE = 1L << 63;
  static final long DEAD = 1L << 62;
  static final long PIN = 1L << 55;

  /** Frames, by number of the first of which a zspage is named. */
  static final long MAX_FRAMES = 1L << 26;

  static final int MAX_SLOTS = 1 << 10;
  static final int MAX_HANDLES = 1 << 29;

  private static final int SLOT_SHIFT = 26;
  private static final int LENGTH_SHIFT = 36;
  private static final int LIFE_SHIFT = 47;
  private static final int LENGTH_BITS = 10;
  private static final int IDENTITY_BITS = 19;
  private static final long IDENTITY = (1L << IDENTITY_BITS) - 1;
  private static final long LIFE = 0xffL << LIFE_SHIFT;
  private static final long PINS = 0x7fL << 55;
  private static final long PLACE = (1L << LENGTH_SHIFT) - 1;

  private HandleWord() {}

  /** The place of a slot: the low bits of a word. */
  static long place(int zspage, int slot) {
    return (long) slot << SLOT_SHIFT | zspage;
  }

  static long place(long word) {
    return word & PLACE;
  }

  static int zspage(long word) {
    return (int) (word & MAX_FRAMES - 1);
  }

  static int slot(long word) {
    return (int) (word >>> SLOT_SHIFT) & MAX_SLOTS - 1;
  }

  /** The word of a new zpage in a handle whose last word was {@code free}: the next life. */
  static long born(long free, long place, int units, boolean backed) {
    long life = (free & LIFE) + (1L << LIFE_SHIFT) & LIFE;
    long identity = (backed ? 1L << LENGTH_BITS : 0) | units;
    return LIVE | life | identity << LENGTH_SHIFT | place;
  }

  /** The word of a handle whose zpage is gone: only its life is kept. */
  static long free(long word) {
    return word & LIFE;
  }

  static boolean isLive(long word) {
    return word < 0;
  }

  static boolean isDead(long word) {
    return (word & DEAD) != 0;
  }

  static boolean isPinned(long word) {
    return (word & PINS) != 0;
  }

  /** No further pin can be counted. */
  static boolean isPinnedFully(long word) {
    return (word & PINS) == PINS;
  }

  static long dead(long word) {
    return word & ~LIVE | DEAD;
  }

  static long movedTo(long word, long place) {
    return word & ~PLACE | place;
  }

  static int units(long word) {
    return (int) (word >>> LENGTH_SHIFT) & (1 << LENGTH_BITS) - 1;
  }

  static boolean isBacked(long word) {
    return (word >>> LENGTH_SHIFT + LENGTH_BITS & 1) != 0;
  }

  static long locator(int handle, long word) {
    return (long) handle << IDENTITY_BITS | word >>> LENGTH_SHIFT & IDENTITY;
  }

  static int handle(long locator) {
    return (int) (locator >>> IDENTITY_BITS) & MAX_HANDLES - 1;
  }

  /** Whether a live word is that of the very zpage which a locator names. */
  static boolean isNamedBy(long word, long locator) {
    return isLive(word) && (word >>> LENGTH_SHIFT & IDENTITY) == (locator & IDENTITY);
  }

  static boolean isBackedLocator(long locator) {
    return (locator & 1L << LENGTH_BITS) != 0;
  }

  /** Length of the zpage that a locator names. */
  static int unitsOfLocator(long locator) {
    return (int) locator & (1 << LENGTH_BITS) - 1;
  }
}
