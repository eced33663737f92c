// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import io.pagestrata.core.tier.MemoryBudget;
import java.util.function.LongSupplier;

/**
 * The entries of one pool: object, then a sparse tree of leaves, then one {@code long} a page.
 *
 * <p>About 8 bytes a page in dense objects and no heap object per page. Finding a known page takes
 * no lock and allocates nothing. Memory is charged to the budget of the store before it is taken,
 * and given back when a whole leaf or object is removed. Thread-safe.
 */
public final class PageTable {
  private final MemoryBudget budget;
  private final ChangedLeaves changes;
  private final int pool;
  private final AccessClock clock;
  private final ObjectMap objects = new ObjectMap();

  /** Takes what is taken out of the table. */
  @FunctionalInterface
  public interface Owner {
    /**
     * Changes a word if it is still what it was, and does with the old one what is due.
     *
     * @param leaf where it is
     * @param slot 0 to 511
     * @param word word seen before
     * @param next new word
     * @return true when it was changed
     */
    default boolean replace(Leaf leaf, int slot, long word, long next) {
      boolean won = leaf.compareAndSet(slot, word, next);
      if (won) {
        leaf.noteChange(slot);
        own(leaf, slot, word);
      }
      return won;
    }

    /**
     * Takes a word, or a record beside one, of which nobody else knows and that no crash brings
     * back, and frees what it names.
     *
     * @param leaf where it was
     * @param slot 0 to 511
     * @param word what it was; may be that of an absent page, or tell of no record
     */
    void own(Leaf leaf, int slot, long word);
  }

  /**
   * Makes an empty table of pages that need not survive the process.
   *
   * @param budget pays for leaves
   */
  public PageTable(MemoryBudget budget) {
    this(budget, null, 0, null);
  }

  /**
   * Makes an empty table that notes which pages change.
   *
   * @param budget pays for leaves
   * @param changes takes the leaves with changes, or null when nobody wants to know
   * @param pool id of the pool, noted with them
   * @param clock numbers accesses, or null when nobody wants to know when pages were used
   */
  public PageTable(MemoryBudget budget, ChangedLeaves changes, int pool, AccessClock clock) {
    this.budget = budget;
    this.changes = changes;
    this.pool = pool;
    this.clock = clock;
  }

  /**
   * Whether changes of pages are noted.
   *
   * @return true when the pages survive the process
   */
  public boolean notesChanges() {
    return changes != null;
  }

  /**
   * Finds the leaf of a page.
   *
   * @param object object of the page
   * @param index page index in the object
   * @return the leaf, or null when no page near it was ever put
   */
  public Leaf find(long object, int index) {
    ObjectTree tree = objects.get(object);
    return tree == null ? null : tree.find(index);
  }

  /**
   * Finds the leaf of a page, making it when there is none.
   *
   * @param object object of the page
   * @param index page index in the object
   * @return the leaf, or null when the budget has no room for it
   */
  public Leaf findOrMake(long object, int index) {
    while (true) {
      Leaf leaf = find(object, index);
      if (leaf != null) {
        return leaf;
      }
      ObjectTree tree = objects.getOrMake(object, () -> newTree(object));
      if (tree == null) {
        return null;
      }
      if (tree.link(index) == ObjectTree.Link.NO_MEMORY) {
        if (tree.retireIfEmpty()) {
          objects.remove(object, tree);
        }
        return null;
      }
      // A retired tree leaves the map in a moment; then a new one is made.
      Thread.onSpinWait();
    }
  }

  private ObjectTree newTree(long object) {
    return budget.tryCharge(ObjectTree.MEMORY_BYTES)
        ? new ObjectTree(budget, changes, pool, object, clock)
        : null;
  }

  /**
   * Unlinks a leaf in which every page is absent and nothing is left to write down or to supersede.
   *
   * @param leaf one whose changes are noted
   */
  public void unlinkIfEmpty(Leaf leaf) {
    unlinkIfEmpty(leaf.changes().object(), leaf.changes().firstIndex(), leaf);
  }

  /**
   * Unlinks the leaves in which every page is absent; nothing happens when changes are noted, since
   * then a sync does that. For one thread at a time.
   */
  public void unlinkEmpty() {
    if (changes != null) {
      return;
    }
    forEachLeaf(
        (object, firstIndex, leaf) -> {
          if (leaf.isEmpty()) {
            unlinkIfEmpty(object, firstIndex, leaf);
          }
        });
  }

  private void unlinkIfEmpty(long object, int firstIndex, Leaf leaf) {
    ObjectTree tree = objects.get(object);
    if (tree != null && tree.unlinkIfEmpty(leaf, firstIndex)) {
      objects.remove(object, tree);
    }
  }

  /**
   * Removes a run of pages. Whole leaves are unlinked, so that a device-wide trim costs one step a
   * leaf that exists; when changes are noted the next sync unlinks them.
   *
   * <p>Generations are taken after the words they remove were read, so each is above that of the
   * put it removes, and below that of any put that follows: one for each word, or one for a leaf
   * when all its words are out and no new leaf can be linked yet.
   *
   * @param object object of the pages
   * @param firstIndex first page
   * @param count pages, at most 2^32
   * @param generations gives the next generation
   * @param owner takes every word that was there
   */
  public void removeRange(
      long object, int firstIndex, long count, LongSupplier generations, Owner owner) {
    ObjectTree tree = objects.get(object);
    if (tree == null) {
      return;
    }
    long first = Integer.toUnsignedLong(firstIndex);
    long end = Math.min(first + count, 1L << 32);
    long index = tree.nextLinked(first);
    while (index >= 0 && index < end) {
      long leafStart = index & -Leaf.PAGES;
      long leafEnd = leafStart + Leaf.PAGES;
      if (index == leafStart && leafEnd <= end && changes == null) {
        removeLeaf(object, (int) index, generations, owner);
      } else {
        Leaf leaf = tree.find((int) index);
        for (; leaf != null && index < Math.min(leafEnd, end); index++) {
          remove(leaf, Leaf.slot((int) index), generations, owner);
        }
      }
      index = tree.nextLinked(leafEnd);
    }
  }

  private static void remove(Leaf leaf, int slot, LongSupplier generations, Owner owner) {
    long word = leaf.get(slot);
    // Removing what is absent already must not touch the word of a retired leaf.
    while (Entry.isPresent(word)) {
      if (owner.replace(leaf, slot, word, Entry.absent(generations.getAsLong()))) {
        return;
      }
      word = leaf.get(slot);
    }
  }

  /**
   * Removes every page of an object and the object itself; when changes are noted the next sync
   * does away with what is left of it.
   *
   * @param object the object
   * @param generations gives the next generation, see {@link #removeRange}
   * @param owner takes every word that was there
   */
  public void removeObject(long object, LongSupplier generations, Owner owner) {
    if (changes != null) {
      removeRange(object, 0, 1L << 32, generations, owner);
      return;
    }
    ObjectTree tree = objects.get(object);
    if (tree != null) {
      tree.retire(generations, owner);
      objects.remove(object, tree);
    }
  }

  /**
   * Removes the leaf of a page with every page in it, and the object when that has no other,
   * without a note: the whole pool goes.
   *
   * @param object object of the page
   * @param index page index in the object
   * @param generations gives the next generation, see {@link #removeRange}
   * @param owner takes every word that was there, and every record beside one
   */
  public void removeLeaf(long object, int index, LongSupplier generations, Owner owner) {
    ObjectTree tree = objects.get(object);
    if (tree != null && tree.removeLeaf(index, generations, owner)) {
      objects.remove(object, tree);
    }
  }

  /**
   * Finds the end of a run of absent pages; leaves that do not exist are passed in one step.
   *
   * @param object object of the pages
   * @param first first page, unsigned 32 bits
   * @param end page after the last one to look at, at most 2^32
   * @return the first page that is present, or {@code end}
   */
  public long nextPresent(long object, long first, long end) {
    ObjectTree tree = objects.get(object);
    if (tree == null) {
      return end;
    }
    long index = tree.nextLinked(first);
    while (index >= 0 && index < end) {
      Leaf leaf = tree.find((int) index);
      long leafEnd = (index | Leaf.PAGES - 1) + 1;
      for (; leaf != null && index < Math.min(leafEnd, end); index++) {
        if (Entry.isPresent(leaf.get(Leaf.slot((int) index)))) {
          return index;
        }
      }
      index = tree.nextLinked(leafEnd);
    }
    return end;
  }

  /**
   * Finds the end of a run of pages that are present.
   *
   * @param object object of the pages
   * @param first first page, unsigned 32 bits
   * @param end page after the last one to look at, at most 2^32
   * @return the first page that is absent, or {@code end}
   */
  public long nextAbsent(long object, long first, long end) {
    ObjectTree tree = objects.get(object);
    Leaf leaf = null;
    for (long index = first; index < end; index++) {
      if (leaf == null || Leaf.slot((int) index) == 0) {
        leaf = tree == null ? null : tree.find((int) index);
      }
      if (leaf == null || !Entry.isPresent(leaf.get(Leaf.slot((int) index)))) {
        return index;
      }
    }
    return end;
  }

  /** Sees every leaf. */
  @FunctionalInterface
  public interface LeafVisitor {
    /**
     * Looks at one leaf.
     *
     * @param object object of its pages
     * @param firstIndex index of its first page
     * @param leaf linked a moment ago
     */
    void visit(long object, int firstIndex, Leaf leaf);
  }

  /**
   * Walks all leaves; those linked meanwhile may be missed.
   *
   * @param visitor sees each of them
   */
  public void forEachLeaf(LeafVisitor visitor) {
    objects.forEach(
        (object, tree) -> {
          for (long i = tree.nextLinked(0); i >= 0; i = tree.nextLinked(i + Leaf.PAGES)) {
            Leaf leaf = tree.find((int) i);
            if (leaf != null) {
              visitor.visit(object, (int) i, leaf);
            }
          }
        });
  }

  /** Sees every entry that is not absent. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Looks at one entry.
     *
     * @param object object of the page
     * @param index page index in the object
     * @param word its word
     */
    void visit(long object, int index, long word);
  }

  /**
   * Walks all entries; exact when nothing else uses the table.
   *
   * @param visitor sees every page that is present
   */
  public void forEach(Visitor visitor) {
    forEachLeaf((object, firstIndex, leaf) -> leaf.forEach(object, firstIndex, visitor));
  }
}
