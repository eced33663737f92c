// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The entries of 512 neighbouring pages (4 KiB of words).
 *
 * <p>A leaf is linked once and unlinked once. Before it is unlinked every word becomes {@link
 * Entry#RETIRED}, so that whoever still holds it can neither find nor put a page there.
 * Thread-safe: all access is volatile.
 */
public final class Leaf {
  /** log2 of the pages in a leaf. */
  public static final int SHIFT = 9;

  /** Pages in a leaf. */
  public static final int PAGES = 1 << SHIFT;

  /** Heap bytes of a leaf with its array header. */
  static final int MEMORY_BYTES = PAGES * 8 + 32;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] words = new long[PAGES];

  Leaf() {}

  /**
   * Slot of a page in its leaf.
   *
   * @param index page index in the object
   * @return 0 to 511
   */
  public static int slot(int index) {
    return index & PAGES - 1;
  }

  /**
   * Reads a word.
   *
   * @param slot 0 to 511
   * @return the word
   */
  public long get(int slot) {
    return (long) WORD.getVolatile(words, slot);
  }

  /**
   * Changes a word if it is still what it was.
   *
   * @param slot 0 to 511
   * @param expected word seen before
   * @param word new word
   * @return true when it was changed
   */
  public boolean compareAndSet(int slot, long expected, long word) {
    return WORD.compareAndSet(words, slot, expected, word);
  }

  /**
   * Removes the page at a slot for good: no later put finds this leaf.
   *
   * @param slot 0 to 511
   * @return the word that was there, now owned by the caller
   */
  long retire(int slot) {
    return (long) WORD.getAndSet(words, slot, Entry.RETIRED);
  }
}
