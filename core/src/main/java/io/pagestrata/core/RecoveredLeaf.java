// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.table.LeafChanges;
import io.pagestrata.core.tier.MemoryBudget;

/**
 * The generations of the records found so far of the pages of a leaf. Lives while a store is
 * recovered; for the thread that does so.
 */
final class RecoveredLeaf {
  private static final int GENERATIONS_BYTES = Leaf.PAGES * Long.BYTES + 16;

  /** With this object and its place in a map. */
  private static final int MEMORY_BYTES = GENERATIONS_BYTES + 104;

  private final Leaf leaf;
  private final long[] generations = new long[Leaf.PAGES];

  /** Null as long as no page of the leaf shares. */
  private long[] contentGenerations;

  private RecoveredLeaf(Leaf leaf) {
    this.leaf = leaf;
  }

  /** Begins with a leaf; null when the budget has no room for that. */
  static RecoveredLeaf of(Leaf leaf, MemoryBudget budget) {
    return budget.tryCharge(MEMORY_BYTES) ? new RecoveredLeaf(leaf) : null;
  }

  Leaf leaf() {
    return leaf;
  }

  LeafChanges changes() {
    return leaf.changes();
  }

  boolean covers(long object, int index) {
    return changes().object() == object && changes().firstIndex() == (index & -Leaf.PAGES);
  }

  /** Generation of the newest record of a page, 0 for none. */
  long generation(int slot) {
    return generations[slot];
  }

  /** Takes note of a record; false when the one known is as new. */
  boolean advance(int slot, long generation) {
    if (generation <= generations[slot]) {
      return false;
    }
    generations[slot] = generation;
    return true;
  }

  /**
   * Makes room for records of pages that share.
   *
   * @return false when the budget has none
   */
  boolean makeRecords(MemoryBudget budget) {
    if (!changes().makeRecords(budget)) {
      return false;
    }
    if (contentGenerations == null && budget.tryCharge(GENERATIONS_BYTES)) {
      contentGenerations = new long[Leaf.PAGES];
    }
    return contentGenerations != null;
  }

  /** Says where the record of a page is, and of which generation the content that it names. */
  void setRecord(int slot, long record, long contentGeneration) {
    changes().records().put(slot, record);
    contentGenerations[slot] = contentGeneration;
  }

  /** Generation of the content that a page shares. */
  long contentGeneration(int slot) {
    return contentGenerations[slot];
  }

  /** Gives the memory back; only the leaf is used from now on. */
  void end(MemoryBudget budget) {
    budget.release(MEMORY_BYTES + (contentGenerations == null ? 0 : GENERATIONS_BYTES));
  }
}
