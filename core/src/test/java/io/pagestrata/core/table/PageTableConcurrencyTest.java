// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Puts, range flushes, object flushes and flushes of all meet on the same few leaves. Forbidden: a
 * word that two owners get, a word that nobody gets and that is not in the table, memory charged
 * for what is gone.
 */
class PageTableConcurrencyTest {
  private static final int THREADS = 4;
  private static final int STEPS = 20_000;
  private static final int[] FIRST = {0, 500, (1 << 19) - 6, Integer.MAX_VALUE - 5, -12};

  private final MemoryBudget budget = new MemoryBudget(1L << 30);
  private final PageTable table = new PageTable(budget);
  private final AtomicLong words = new AtomicLong();
  private final AtomicLong generation = new AtomicLong();
  private final AtomicIntegerArray owners = new AtomicIntegerArray(THREADS * STEPS + 1);

  private void own(long word) {
    if (Entry.isPresent(word)) {
      owners.incrementAndGet((int) Entry.locator(word));
    }
  }

  private void put(long object, int index) {
    long word = Entry.inTier(0, 0, words.incrementAndGet());
    while (true) {
      Leaf leaf = table.findOrMake(object, index);
      long old = leaf.get(Leaf.slot(index));
      if (Entry.kind(old) != Entry.KIND_RETIRED
          && leaf.compareAndSet(Leaf.slot(index), old, word)) {
        own(old);
        return;
      }
    }
  }

  private void removeEveryLeaf(PageTable.Owner owner) {
    table.forEachLeaf(
        (object, first, leaf) ->
            table.removeLeaf(object, first, generation::incrementAndGet, owner));
  }

  @Test
  void everyWordHasExactlyOneOwner() {
    Threads.run(
        THREADS,
        number -> {
          Random random = new Random(number);
          for (int i = 0; i < STEPS; i++) {
            long object = random.nextInt(3);
            int index = FIRST[random.nextInt(FIRST.length)] + random.nextInt(12);
            int what = random.nextInt(1_000);
            if (what < 900) {
              put(object, index);
            } else if (what < 980) {
              long room = (1L << 32) - Integer.toUnsignedLong(index);
              long count = Math.min(room, 1L << random.nextInt(33));
              table.removeRange(
                  object,
                  index,
                  count,
                  generation::incrementAndGet,
                  (leaf, slot, word) -> own(word));
            } else if (what < 985) {
              table.unlinkEmpty();
            } else if (what < 998) {
              table.removeObject(
                  object, generation::incrementAndGet, (leaf, slot, word) -> own(word));
            } else {
              removeEveryLeaf((leaf, slot, word) -> own(word));
            }
          }
        });
    table.forEach((object, index, word) -> own(word));
    for (int i = 1; i <= words.get(); i++) {
      assertThat(owners.get(i)).as("owners of word %d", i).isEqualTo(1);
    }
    long before = words.get();
    removeEveryLeaf((leaf, slot, word) -> {});
    assertThat(budget.usedBytes()).as("bytes charged for an empty table").isZero();
    put(1, 1);
    assertThat(words.get()).isEqualTo(before + 1);
  }

  @Test
  void aPutThatCompletedAfterTheLastFlushIsThere() {
    for (int round = 0; round < 300; round++) {
      PageTable fresh = new PageTable(budget);
      Threads.run(
          2,
          number -> {
            for (int i = 0; i < 20; i++) {
              if (number == 0) {
                fresh.removeObject(1, generation::incrementAndGet, (leaf, slot, word) -> {});
              } else {
                Leaf leaf = fresh.findOrMake(1, i);
                long old = leaf.get(i);
                boolean put =
                    Entry.kind(old) != Entry.KIND_RETIRED
                        && leaf.compareAndSet(i, old, Entry.inTier(0, 0, 7));
                assertThat(put || leaf.get(i) == Entry.RETIRED)
                    .as("a put failed though its leaf is in use")
                    .isTrue();
              }
            }
          });
      Leaf leaf = fresh.findOrMake(1, 3);
      assertThat(leaf.compareAndSet(3, leaf.get(3), Entry.inTier(0, 0, 9))).isTrue();
      assertThat(Entry.locator(fresh.find(1, 3).get(3))).isEqualTo(9);
    }
  }
}
