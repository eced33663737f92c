// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A record beside the word of each page of a leaf: what a crash would bring back, where the word
 * does not name it. It is that of a page that shares, or one that is superseded by what is not on
 * the medium yet.
 *
 * <p>One word a page (4 KiB for a leaf), which is an {@linkplain Entry#record entry of a record},
 * or none; its stamp counts the records that were there, so that one that was moved is told from
 * another. Whoever changes a word of the leaf that names such a record {@linkplain #lock locks} the
 * place beside it for the two steps, and the others spin: seen from here they are one.
 *
 * <p>Thread-safe. The lock is held for a few instructions, never during I/O.
 */
public final class SideRecords {
  /** Heap bytes. */
  static final int MEMORY_BYTES = Leaf.PAGES * 8 + 32;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final long LOCKED = Entry.REFERENCED;

  private final long[] words = new long[Leaf.PAGES];

  SideRecords() {}

  /**
   * Reads which record is beside the word of a page.
   *
   * @param slot 0 to 511
   * @return an {@linkplain Entry#isRecord entry of a record}, or another word for none
   */
  public long get(int slot) {
    long word = (long) WORD.getVolatile(words, slot);
    while ((word & LOCKED) != 0) {
      Thread.onSpinWait();
      word = (long) WORD.getVolatile(words, slot);
    }
    return word;
  }

  /**
   * Keeps everybody else from the place beside the word of a page until {@link #unlock}.
   *
   * @param slot 0 to 511
   * @return what is there
   */
  public long lock(int slot) {
    while (true) {
      long word = get(slot);
      if (WORD.compareAndSet(words, slot, word, word | LOCKED)) {
        return word;
      }
    }
  }

  /**
   * Lets the others go on.
   *
   * @param slot 0 to 511
   * @param word what {@link #lock} gave, or what {@link #after} made of it
   */
  public void unlock(int slot, long word) {
    WORD.setVolatile(words, slot, word);
  }

  /**
   * The word of a record that takes the place of another one.
   *
   * @param before what was there
   * @param record an {@linkplain Entry#record entry of a record}
   * @return the record with the next count
   */
  public static long after(long before, long record) {
    return Entry.stamped(record, Entry.stamp(before) + 1L);
  }

  /**
   * Puts a record beside the word of a page.
   *
   * @param slot 0 to 511
   * @param record an {@linkplain Entry#record entry of a record}
   * @return what was there; a record is the caller's to free
   */
  public long put(int slot, long record) {
    long before = lock(slot);
    unlock(slot, after(before, record));
    return before;
  }

  /**
   * Takes the record away that was seen, wherever it was moved to since.
   *
   * @param slot 0 to 511
   * @param seen what was there
   * @return the record, now the caller's to free; none when it is gone or another is there
   */
  public long take(int slot, long seen) {
    long now = lock(slot);
    boolean same = Entry.isRecord(now) && Entry.stamp(now) == Entry.stamp(seen);
    unlock(slot, same ? Entry.stamped(0, Entry.stamp(now)) : now);
    return same ? now : 0;
  }

  /**
   * Takes away what is there.
   *
   * @param slot 0 to 511
   * @return a record, now the caller's to free, or another word for none
   */
  public long take(int slot) {
    return take(slot, get(slot));
  }

  /**
   * Says that a record was moved.
   *
   * @param slot 0 to 511
   * @param from where it was
   * @param to where it is
   * @return the record as it was, or another word when it is not there any more
   */
  public long move(int slot, long from, long to) {
    long now = lock(slot);
    boolean there = Entry.isRecord(now) && Entry.locator(now) == from;
    unlock(slot, there ? Entry.movedTo(now, to) : now);
    return there ? now : 0;
  }

  /**
   * Says that a record does not count for its page any more, which has to be written again.
   *
   * @param slot 0 to 511
   * @param seen the record
   * @return false when another one is there by now
   */
  public boolean supersede(int slot, long seen) {
    long now = lock(slot);
    boolean same = now == seen;
    unlock(
        slot, same ? Entry.stamped(Entry.superseded(Entry.locator(now)), Entry.stamp(now)) : now);
    return same;
  }
}
