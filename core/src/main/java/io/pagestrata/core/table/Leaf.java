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
  private static final VarHandle USE = MethodHandles.arrayElementVarHandle(int[].class);

  private final long[] words = new long[PAGES];
  private final LeafChanges changes;
  private final AccessClock clock;

  /** When each page was used last; null when nobody wants to know. */
  private final int[] lastUses;

  /** Makes a leaf whose changes nobody wants to know; nor the accesses, when the clock is null. */
  Leaf(AccessClock clock) {
    this.clock = clock;
    lastUses = clock == null ? null : new int[PAGES];
    changes = null;
  }

  Leaf(AccessClock clock, ChangedLeaves log, int pool, long object, int firstIndex) {
    this.clock = clock;
    lastUses = clock == null ? null : new int[PAGES];
    changes = new LeafChanges(log, this, pool, object, firstIndex);
  }

  /** Heap bytes of a leaf, with what it notes about changes and accesses. */
  static int memoryBytes(boolean notesChanges, boolean notesUses) {
    return MEMORY_BYTES
        + (notesChanges ? LeafChanges.MEMORY_BYTES : 0)
        + (notesUses ? PAGES * Integer.BYTES + 16 : 0);
  }

  /**
   * Notes that a page is used now, if anybody wants to know.
   *
   * @param slot 0 to 511
   */
  public void noteUse(int slot) {
    if (lastUses != null) {
      USE.setOpaque(lastUses, slot, clock.tick());
    }
  }

  /**
   * When a page was used last; only where uses are noted.
   *
   * @param slot 0 to 511
   * @return a number of the clock, 0 before the first use
   */
  public int lastUse(int slot) {
    return (int) USE.getOpaque(lastUses, slot);
  }

  /**
   * What is noted about changes of these pages.
   *
   * @return null when they need not survive the process
   */
  public LeafChanges changes() {
    return changes;
  }

  /**
   * Notes that a page has to be written down by the next sync; called after its word changed, when
   * the record that this supersedes is beside it, and before what the old word named is freed.
   * Nothing happens when the page need not survive.
   *
   * @param slot 0 to 511
   */
  public void noteChange(int slot) {
    if (changes != null) {
      changes.note(slot);
    }
  }

  /**
   * Notes that a record of a page may come to rest on disk; called before it can. Nothing happens
   * when the page need not survive.
   *
   * @param slot 0 to 511
   */
  public void noteRecord(int slot) {
    if (changes != null) {
      changes.noteRecord(slot);
    }
  }

  /**
   * The record beside the word of a page.
   *
   * @param slot 0 to 511
   * @return an {@linkplain Entry#isRecord entry of a record}, or another word for none
   */
  public long record(int slot) {
    SideRecords records = changes == null ? null : changes.records();
    return records == null ? 0 : records.get(slot);
  }

  /** Heap bytes that go with the leaf when it is unlinked. */
  int unlink() {
    return memoryBytes(changes != null, clock != null) + (changes == null ? 0 : changes.unlink());
  }

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

  /**
   * Shows every entry that is not absent.
   *
   * @param object object of the pages
   * @param firstIndex index of the first
   * @param visitor sees them
   */
  public void forEach(long object, int firstIndex, PageTable.Visitor visitor) {
    for (int slot = 0; slot < PAGES; slot++) {
      long word = get(slot);
      if (Entry.isPresent(word)) {
        visitor.visit(object, firstIndex + slot, word);
      }
    }
  }

  /** Whether every page is absent, at a glance. */
  boolean isEmpty() {
    for (int slot = 0; slot < PAGES; slot++) {
      if (Entry.kind(get(slot)) != Entry.KIND_ABSENT) {
        return false;
      }
    }
    return true;
  }

  /** Whether a change is noted that no sync has seen. */
  boolean isChanged() {
    return changes != null && !changes.isClean();
  }

  /**
   * Retires every slot if all pages are absent and no record is beside one; otherwise nothing has
   * changed in the end. One thread at a time; a put meanwhile waits for the outcome.
   */
  boolean retireIfEmpty() {
    int retired = 0;
    while (retired < PAGES && retireIfAbsent(retired)) {
      retired++;
    }
    // Whoever removed a page and has not noted that yet has put its record there before.
    if (retired == PAGES && !hasRecords()) {
      return true;
    }
    for (int slot = 0; slot < retired; slot++) {
      long word = get(slot);
      compareAndSet(slot, word, word & ~Entry.RETIRED);
    }
    return false;
  }

  private boolean retireIfAbsent(int slot) {
    long word = get(slot);
    return Entry.kind(word) == Entry.KIND_ABSENT && compareAndSet(slot, word, Entry.retired(word));
  }

  private boolean hasRecords() {
    boolean any = false;
    for (int slot = 0; slot < PAGES; slot++) {
      any |= Entry.isRecord(record(slot));
    }
    return any;
  }
}
