// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import io.pagestrata.core.tier.MemoryBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which pages of a leaf changed since the last sync, and of which a record may be on disk: a bit
 * each.
 *
 * <p>Whoever changes a page sets its bit after the word and before the old copy is freed; the sync
 * takes the bits before it reads the words. So a change is seen by the sync under way or by the
 * next one, and by one that began after the old copy was freed in any case. A leaf with a bit set
 * is on the stack of {@link ChangedLeaves}, or about to be pushed, or being looked at. Thread-safe.
 */
public final class LeafChanges {
  /** Words of bits for a leaf. */
  public static final int BIT_WORDS = Leaf.PAGES / Long.SIZE;

  /** Heap bytes with both arrays. */
  static final int MEMORY_BYTES = 2 * (BIT_WORDS * 8 + 16) + 64;

  private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle QUEUED;

  static {
    try {
      QUEUED = MethodHandles.lookup().findVarHandle(LeafChanges.class, "queued", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ChangedLeaves log;
  private final Leaf leaf;
  private final int pool;
  private final long object;
  private final int firstIndex;
  private final long[] changed = new long[BIT_WORDS];
  private final long[] recorded = new long[BIT_WORDS];

  @SuppressWarnings("unused") // by QUEUED
  private volatile boolean queued;

  private LeafChanges next;

  /** Made when the first page of the leaf has a record beside its word. */
  private volatile SideRecords records;

  private volatile boolean unlinked;

  LeafChanges(ChangedLeaves log, Leaf leaf, int pool, long object, int firstIndex) {
    this.log = log;
    this.leaf = leaf;
    this.pool = pool;
    this.object = object;
    this.firstIndex = firstIndex;
  }

  /**
   * The leaf.
   *
   * @return the leaf whose pages these are
   */
  public Leaf leaf() {
    return leaf;
  }

  /**
   * Pool of the pages.
   *
   * @return pool id
   */
  public int pool() {
    return pool;
  }

  /**
   * Object of the pages.
   *
   * @return 64-bit object
   */
  public long object() {
    return object;
  }

  /**
   * Index of the first page of the leaf.
   *
   * @return page index in the object
   */
  public int firstIndex() {
    return firstIndex;
  }

  /**
   * The next leaf among those that were taken together; to be read before {@link #take}.
   *
   * @return null for the last
   */
  public LeafChanges next() {
    return next;
  }

  void setNext(LeafChanges below) {
    next = below;
  }

  /**
   * Puts this leaf in front of another one of those that were taken together.
   *
   * @param other the next leaf, or null
   * @return this leaf
   */
  public LeafChanges before(LeafChanges other) {
    next = other;
    return this;
  }

  void note(int slot) {
    set(changed, slot);
    if (!(boolean) QUEUED.getVolatile(this) && QUEUED.compareAndSet(this, false, true)) {
      log.push(this);
    }
  }

  /**
   * Takes the bits of the pages that changed. A page that changes from now on is queued again.
   *
   * @param bits takes {@link #BIT_WORDS} words
   */
  public void take(long[] bits) {
    // First: a bit set behind the reading must find the way back to the stack open.
    QUEUED.setVolatile(this, false);
    for (int i = 0; i < BIT_WORDS; i++) {
      bits[i] = (long) BITS.getAndSet(changed, i, 0L);
    }
  }

  /**
   * Makes room for records beside the words of pages.
   *
   * @param budget pays for it
   * @return false when it has no room, or the leaf is unlinked
   */
  public boolean makeRecords(MemoryBudget budget) {
    return records != null || makeFirstRecords(budget);
  }

  private synchronized boolean makeFirstRecords(MemoryBudget budget) {
    if (records == null && !unlinked && budget.tryCharge(SideRecords.MEMORY_BYTES)) {
      records = new SideRecords();
    }
    return records != null;
  }

  /** Heap bytes of records that go with the leaf; no more are taken. */
  synchronized int unlink() {
    unlinked = true;
    return records == null ? 0 : SideRecords.MEMORY_BYTES;
  }

  /**
   * Whether the leaf is unlinked, or about to be. Whoever sets a record looks at this after, and
   * who unlinks a leaf takes its records after, so that one of them takes it.
   *
   * @return true when nobody will ask for its records any more
   */
  public boolean isUnlinked() {
    return unlinked;
  }

  /**
   * The records beside the words of these pages.
   *
   * @return null before {@link #makeRecords}
   */
  public SideRecords records() {
    return records;
  }

  /** Puts a leaf back on the stack whose bits were not taken. */
  public void giveBack() {
    log.push(this);
  }

  /**
   * Whether no page has changed since the bits were taken.
   *
   * @return false when a bit is set
   */
  boolean isClean() {
    for (int i = 0; i < BIT_WORDS; i++) {
      if ((long) BITS.getVolatile(changed, i) != 0) {
        return false;
      }
    }
    return true;
  }

  void noteRecord(int slot) {
    if (!isRecorded(slot)) {
      set(recorded, slot);
    }
  }

  /**
   * Whether a record of a page may be on disk or on its way there.
   *
   * @param slot 0 to 511
   * @return false when the page needs no tombstone
   */
  public boolean isRecorded(int slot) {
    return ((long) BITS.getVolatile(recorded, slot >>> 6) & 1L << slot) != 0;
  }

  private static void set(long[] bits, int slot) {
    BITS.getAndBitwiseOr(bits, slot >>> 6, 1L << slot);
  }
}
