// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

/**
 * The one 64-bit word that is the whole state of a block; every change is one atomic operation on
 * it.
 *
 * <pre>
 *   63      62      61     60       59        58    44  43   24  23       0
 *   CLOSED  SEALED  TAKEN  SPARED   DAMAGED   life      pins     live bytes / 8
 *
 *   FREE      CLOSED set; holds nothing, pinning fails
 *     | a shard or a survivor opens it: a new life begins
 *   OPEN      no flag; zpages are appended under the lock of its owner
 *     | full, or reclaim wants it
 *   SEALED    nothing is appended any more
 *     | reclaim or cleaning takes it (with a pin)      ^ reclaim: settle; cleaning: at its end
 *   TAKEN     DRAINING (shown to the visitor) or being cleaned; nobody else picks it
 *
 *   SEALED    --live 0 and pins 0-->  FREE
 * </pre>
 *
 * <p>Live bytes and pins share the word, so the last arrow is a compare-and-set that nothing can
 * slip past: whichever operation leaves a sealed block without live bytes and pins tries it, and
 * one wins. A word that looks recyclable <em>is</em> recyclable, in whatever life of the block, so
 * there is no ABA. A taken block waits for its settle even when it is empty: a write in flight
 * finds its page again by the locator, which must not name a newer zpage by then (hazard H1).
 * SPARED keeps a block from being cleaned again when cleaning could not empty it; DAMAGED keeps one
 * out of both, whose headers make no sense any more (a memory error): its zpages are still read and
 * freed by locator. The life tells a late settle from a timely one.
 *
 * <p>Pure functions, no state.
 */
final class BlockWord {
  static final long CLOSED = 1L << 63;
  static final long SEALED = 1L << 62;
  static final long TAKEN = 1L << 61;
  static final long SPARED = 1L << 60;
  static final long DAMAGED = 1L << 59;

  static final int LIVE_SHIFT_BYTES = 3;
  static final int MAX_BLOCK_BYTES = 8 << 20;
  static final long PIN = 1L << 24;

  private static final int LIVE_UNITS = (1 << 24) - 1;
  private static final int LIFE_SHIFT = 44;
  private static final int LIFE_MASK = (1 << 15) - 1;
  private static final long LIFE = (long) LIFE_MASK << LIFE_SHIFT;
  private static final long PINS = (1L << LIFE_SHIFT) - PIN;
  private static final long DECIDES_RECYCLING = CLOSED | SEALED | TAKEN | PINS | LIVE_UNITS;

  private BlockWord() {}

  static int liveBytes(long word) {
    return (int) (word & LIVE_UNITS) << LIVE_SHIFT_BYTES;
  }

  /** Live bytes never reach half of their field, so a larger value is a negative one. */
  static boolean isLiveBelowZero(long word) {
    return (word & LIVE_UNITS) > LIVE_UNITS >> 1;
  }

  static int life(long word) {
    return (int) (word >>> LIFE_SHIFT) & LIFE_MASK;
  }

  static boolean isClosed(long word) {
    return word < 0;
  }

  /** Full or given up, and whole as far as anybody knows. */
  static boolean isSealed(long word) {
    return (word & (CLOSED | SEALED | DAMAGED)) == SEALED;
  }

  static boolean isRecyclable(long word) {
    return (word & DECIDES_RECYCLING) == SEALED;
  }

  /** Sealed, holding something, and in nobody's hands. */
  static boolean canBeTaken(long word) {
    return isSealed(word) && (word & TAKEN) == 0 && (word & LIVE_UNITS) != 0;
  }

  static boolean isSpared(long word) {
    return (word & SPARED) != 0;
  }

  /** The word of a recycled block; a pin that comes and goes in vain stays counted. */
  static long closed(long word) {
    return CLOSED | word & (LIFE | PINS);
  }

  /** The word of a freshly opened block: the next life, vain pins still counted. */
  static long opened(long word) {
    long life = (life(word) + 1L) & LIFE_MASK;
    return life << LIFE_SHIFT | word & PINS;
  }
}
