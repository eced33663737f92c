// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import io.pagestrata.core.tier.MemoryBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The leaves of one object, found by leaf number through two levels of arrays.
 *
 * <pre>
 *   index  31 ... 19 | 18 ... 9 | 8 ... 0
 *          chunk      leaf       slot          root[chunk][leaf].word(slot)
 * </pre>
 *
 * <p>Reading takes no lock. Linking and unlinking hold the tree's monitor; what is called while it
 * is held, the budget and the owner who frees what retired words named, takes no lock of a table.
 */
final class ObjectTree {
  private static final int CHUNK_SHIFT = 10;
  private static final int CHUNK_LEAVES = 1 << CHUNK_SHIFT;

  /** Most objects are small: a chunk begins with room for so many leaves, and doubles. */
  private static final int FIRST_LEAVES = 4;

  private static final int LEAVES_HEADER_BYTES = 16;
  static final int MEMORY_BYTES = 64;
  private static final VarHandle LEAF = MethodHandles.arrayElementVarHandle(Leaf[].class);
  private static final VarHandle CHUNK = MethodHandles.arrayElementVarHandle(Leaf[][].class);

  private final MemoryBudget budget;
  private final ChangedLeaves changes;
  private final int pool;
  private final long object;
  private final AccessClock clock;
  private volatile Leaf[][] root = new Leaf[1][];

  // Guarded by this.
  private boolean retired;
  private int leaves;

  /** Makes an empty tree; changes and clock are null when nobody wants to know of them. */
  ObjectTree(MemoryBudget budget, ChangedLeaves changes, int pool, long object, AccessClock clock) {
    this.budget = budget;
    this.changes = changes;
    this.pool = pool;
    this.object = object;
    this.clock = clock;
  }

  /** The leaf of a page, or null when none is linked. */
  Leaf find(int index) {
    int leafNumber = index >>> Leaf.SHIFT;
    int chunkNumber = leafNumber >>> CHUNK_SHIFT;
    Leaf[][] seen = root;
    if (chunkNumber >= seen.length) {
      return null;
    }
    Leaf[] chunk = (Leaf[]) CHUNK.getAcquire(seen, chunkNumber);
    int leafSlot = leafNumber & CHUNK_LEAVES - 1;
    return chunk == null || leafSlot >= chunk.length
        ? null
        : (Leaf) LEAF.getAcquire(chunk, leafSlot);
  }

  /** What {@link #link} found. */
  enum Link {
    LINKED,
    NO_MEMORY,
    RETIRED
  }

  /** Makes sure that the page has a leaf. */
  synchronized Link link(int index) {
    if (retired) {
      return Link.RETIRED;
    }
    int leafNumber = index >>> Leaf.SHIFT;
    int chunkNumber = leafNumber >>> CHUNK_SHIFT;
    Leaf[][] chunks = root;
    if (chunkNumber >= chunks.length) {
      int length = Integer.highestOneBit(chunkNumber) << 1;
      if (!budget.tryCharge((length - chunks.length) * 4L)) {
        return Link.NO_MEMORY;
      }
      chunks = Arrays.copyOf(chunks, length);
      root = chunks;
    }
    int leafSlot = leafNumber & CHUNK_LEAVES - 1;
    Leaf[] chunk = withRoom(chunks, chunkNumber, leafSlot);
    if (chunk == null) {
      return Link.NO_MEMORY;
    }
    if (chunk[leafSlot] == null) {
      if (!budget.tryCharge(Leaf.memoryBytes(changes != null, clock != null))) {
        return Link.NO_MEMORY;
      }
      int firstIndex = leafNumber << Leaf.SHIFT;
      LEAF.setRelease(
          chunk,
          leafSlot,
          changes == null ? new Leaf(clock) : new Leaf(clock, changes, pool, object, firstIndex));
      leaves++;
    }
    return Link.LINKED;
  }

  /** A chunk that is long enough for a leaf, or null without memory. */
  private Leaf[] withRoom(Leaf[][] chunks, int chunkNumber, int leafSlot) {
    Leaf[] chunk = chunks[chunkNumber];
    int length = chunk == null ? 0 : chunk.length;
    if (leafSlot < length) {
      return chunk;
    }
    int grownLength = Math.max(FIRST_LEAVES, Integer.highestOneBit(leafSlot) << 1);
    if (!budget.tryCharge(chunkBytes(grownLength) - chunkBytes(length))) {
      return null;
    }
    Leaf[] grown = chunk == null ? new Leaf[grownLength] : Arrays.copyOf(chunk, grownLength);
    CHUNK.setRelease(chunks, chunkNumber, grown);
    return grown;
  }

  private static int chunkBytes(int length) {
    return length == 0 ? 0 : length * 4 + LEAVES_HEADER_BYTES;
  }

  /**
   * Unlinks a leaf in which every page is absent and nothing is left to write down. Its words keep
   * their generations, for whoever removed a page and has not noted that yet.
   *
   * @return true when that was the last leaf, and the tree is retired with it
   */
  synchronized boolean unlinkIfEmpty(Leaf leaf, int index) {
    if (find(index) != leaf || leaf.isChanged() || !leaf.retireIfEmpty()) {
      return false;
    }
    unlink(index, leaf.unlink());
    return retireIfEmpty();
  }

  private static void handOverRecords(Leaf leaf, PageTable.Owner owner) {
    SideRecords records = leaf.changes() == null ? null : leaf.changes().records();
    for (int slot = 0; records != null && slot < Leaf.PAGES; slot++) {
      owner.own(leaf, slot, records.take(slot));
    }
  }

  /** Retires a tree without leaves; true when this call did. */
  synchronized boolean retireIfEmpty() {
    if (leaves > 0 || retired) {
      return false;
    }
    retired = true;
    releaseRoot();
    return true;
  }

  private void unlink(int index, int bytes) {
    int leafNumber = index >>> Leaf.SHIFT;
    LEAF.setRelease(root[leafNumber >>> CHUNK_SHIFT], leafNumber & CHUNK_LEAVES - 1, null);
    leaves--;
    budget.release(bytes);
  }

  private void releaseRoot() {
    Leaf[][] chunks = root;
    for (int c = 0; c < chunks.length; c++) {
      if (chunks[c] != null) {
        budget.release(chunkBytes(chunks[c].length));
        CHUNK.setRelease(chunks, c, null);
      }
    }
    budget.release((chunks.length - 1) * 4L + MEMORY_BYTES);
  }

  private void retireLeaf(int index, LongSupplier generations, PageTable.Owner owner) {
    Leaf leaf = find(index);
    if (leaf == null) {
      return;
    }
    int bytes = leaf.unlink();
    for (int slot = 0; slot < Leaf.PAGES; slot++) {
      owner.own(leaf, slot, leaf.retire(slot));
    }
    handOverRecords(leaf, owner);
    // Above every put whose word was just taken out, below every put into a leaf linked later.
    generations.getAsLong();
    unlink(index, bytes);
  }

  /**
   * Unlinks the leaf of a page after handing every word in it to its new owner.
   *
   * @return true when that was the last leaf, and the tree is retired with it
   */
  synchronized boolean removeLeaf(int index, LongSupplier generations, PageTable.Owner owner) {
    retireLeaf(index, generations, owner);
    return retireIfEmpty();
  }

  /** Unlinks everything; no leaf can be linked any more. */
  synchronized void retire(LongSupplier generations, PageTable.Owner owner) {
    if (retired) {
      return;
    }
    retired = true;
    Leaf[][] chunks = root;
    for (int c = 0; c < chunks.length; c++) {
      if (chunks[c] == null) {
        continue;
      }
      for (int l = 0; l < chunks[c].length; l++) {
        if (chunks[c][l] != null) {
          retireLeaf((c << CHUNK_SHIFT | l) << Leaf.SHIFT, generations, owner);
        }
      }
    }
    releaseRoot();
  }

  /** First index at or after the given one whose leaf is linked, as an unsigned number, or -1. */
  long nextLinked(long index) {
    Leaf[][] chunks = root;
    long leafNumber = index >>> Leaf.SHIFT;
    while (leafNumber >>> CHUNK_SHIFT < chunks.length) {
      Leaf[] chunk = (Leaf[]) CHUNK.getAcquire(chunks, (int) (leafNumber >>> CHUNK_SHIFT));
      int leafSlot = (int) leafNumber & CHUNK_LEAVES - 1;
      if (chunk == null || leafSlot >= chunk.length) {
        leafNumber = (leafNumber >>> CHUNK_SHIFT) + 1 << CHUNK_SHIFT;
      } else if (LEAF.getAcquire(chunk, leafSlot) == null) {
        leafNumber++;
      } else {
        return Math.max(index, leafNumber << Leaf.SHIFT);
      }
    }
    return -1;
  }
}
