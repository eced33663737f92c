// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import io.pagestrata.core.tier.MemoryBudget;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Words of the page table are linearizable while leaves and objects come and go: Lincheck runs
 * generated scenarios and looks for an order of the operations that explains every result.
 */
public class PageTableLinearizabilityTest {
  /** Two pages in different leaves; the operations of the journeys on one word. */
  @Param(name = "page", gen = IntGen.class, conf = "0:1")
  @Param(name = "version", gen = IntGen.class, conf = "1:3")
  public static class Pages {
    private final PageTable table = new PageTable(new MemoryBudget(1 << 16));

    /** Stores a version; gives the one replaced, or 0. */
    @Operation
    public long put(@Param(name = "page") int page, @Param(name = "version") int version) {
      int index = page << Leaf.SHIFT;
      while (true) {
        Leaf leaf = table.findOrMake(1, index);
        long old = leaf.get(0);
        if (Entry.kind(old) != Entry.KIND_RETIRED
            && leaf.compareAndSet(0, old, Entry.inTier(0, 0, version))) {
          return Entry.locator(old);
        }
      }
    }

    /** Marks a page as being written back; whether there was one not marked already. */
    @Operation
    public boolean claim(@Param(name = "page") int page) {
      Leaf leaf = table.find(1, page << Leaf.SHIFT);
      long word = leaf == null ? 0 : leaf.get(0);
      while (Entry.isPresent(word) && (word & Entry.SHADOW) == 0) {
        if (leaf.compareAndSet(0, word, word | Entry.SHADOW)) {
          return true;
        }
        word = leaf.get(0);
      }
      return false;
    }

    @Operation
    public long get(@Param(name = "page") int page) {
      Leaf leaf = table.find(1, page << Leaf.SHIFT);
      long word = leaf == null ? 0 : leaf.get(0);
      return Entry.isPresent(word) ? Entry.locator(word) : 0;
    }

    /** Removes a page with its leaf; gives the version removed, or 0. */
    @Operation
    public long remove(@Param(name = "page") int page) {
      long[] removed = {0};
      table.removeRange(
          1,
          page << Leaf.SHIFT,
          Leaf.PAGES,
          () -> 0,
          (leaf, slot, word) -> removed[0] += Entry.locator(word));
      return removed[0];
    }
  }

  @Test
  void tableUnderStress() {
    new StressOptions()
        .iterations(10)
        .invocationsPerIteration(200)
        .threads(3)
        .actorsPerThread(3)
        .check(Pages.class);
  }
}
