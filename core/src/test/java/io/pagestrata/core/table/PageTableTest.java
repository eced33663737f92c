// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pagestrata.core.tier.MemoryBudget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** The table against a plain map, one thread, seeded random operations near every boundary. */
class PageTableTest {
  private static final long[] OBJECTS = {0, 1, -1, Long.MIN_VALUE, 1L << 40, 77};
  private static final int[] CENTRES = {
    0, 511, 512, 1 << 19, (1 << 19) - 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -513
  };

  private record Key(long object, long index) {}

  private final MemoryBudget budget = new MemoryBudget(1L << 30);
  private final PageTable table = new PageTable(budget);
  private final Map<Key, Long> model = new HashMap<>();
  private long generation;

  private long anyWord(Random random) {
    generation++;
    return random.nextBoolean()
        ? Entry.inTier(random.nextInt(4), generation, generation)
        : Entry.filled(generation, generation);
  }

  private void put(long object, int index, long word) {
    Leaf leaf = table.findOrMake(object, index);
    long old = leaf.get(Leaf.slot(index));
    assertThat(leaf.compareAndSet(Leaf.slot(index), old, word)).isTrue();
    Long known = model.put(new Key(object, Integer.toUnsignedLong(index)), word);
    assertThat(Entry.isPresent(old) ? old : null).isEqualTo(known);
  }

  private long get(long object, int index) {
    Leaf leaf = table.find(object, index);
    return leaf == null ? 0 : leaf.get(Leaf.slot(index));
  }

  private PageTable.Owner ownerOf(long object, long first, long count) {
    return (leaf, slot, word) -> {
      if (Entry.isPresent(word)) {
        assertThat(
                model
                    .entrySet()
                    .removeIf(
                        e ->
                            e.getKey().object() == object
                                && e.getKey().index() >= first
                                && e.getKey().index() < first + count
                                && e.getValue() == word))
            .as("a word was handed over that is not of this range, or twice")
            .isTrue();
      }
    };
  }

  private void checkAll() {
    Map<Key, Long> seen = new HashMap<>();
    table.forEach(
        (object, index, word) ->
            assertThat(seen.put(new Key(object, Integer.toUnsignedLong(index)), word)).isNull());
    assertThat(seen).isEqualTo(model);
    model.forEach((key, word) -> assertThat(get(key.object(), (int) key.index())).isEqualTo(word));
  }

  private void removeEveryLeaf(PageTable from) {
    from.forEachLeaf(
        (object, first, leaf) ->
            from.removeLeaf(object, first, () -> ++generation, (it, slot, word) -> {}));
  }

  @Test
  void behavesAsAMap() {
    Random random = new Random(42);
    for (int step = 0; step < 6_000; step++) {
      long object = OBJECTS[random.nextInt(OBJECTS.length)];
      int index = CENTRES[random.nextInt(CENTRES.length)] + random.nextInt(7) - 3;
      long first = Integer.toUnsignedLong(index);
      int what = random.nextInt(100);
      if (what < 70) {
        put(object, index, anyWord(random));
      } else if (what < 98) {
        long room = (1L << 32) - first;
        long count = Math.min(room, 1L << random.nextInt(33));
        table.removeRange(object, index, count, () -> ++generation, ownerOf(object, first, count));
        assertThat(
                model.keySet().stream()
                    .noneMatch(
                        k ->
                            k.object() == object
                                && k.index() >= first
                                && k.index() < first + count))
            .as("pages left in a removed range")
            .isTrue();
      } else {
        table.removeObject(object, () -> ++generation, ownerOf(object, 0, 1L << 32));
        assertThat(model.keySet().stream().noneMatch(k -> k.object() == object)).isTrue();
      }
      if (step % 200 == 0) {
        checkAll();
      }
    }
    checkAll();
    removeEveryLeaf(table);
    model.clear();
    checkAll();
    assertThat(budget.usedBytes()).as("bytes still charged for an empty table").isZero();
  }

  @Test
  void leavesWithoutPagesGiveTheirMemoryBackWhenAsked() {
    put(1, 1, Entry.inTier(0, 1, 1));
    long one = budget.usedBytes();
    put(2, 1, Entry.inTier(0, 2, 2));
    put(1, 5_000_000, Entry.inTier(0, 3, 3));
    table.removeRange(2, 1, 1, () -> ++generation, (from, slot, word) -> {});
    table.removeRange(1, 5_000_000, 1, () -> ++generation, (from, slot, word) -> {});
    assertThat(budget.usedBytes()).isGreaterThan(one);
    table.unlinkEmpty();
    assertThat(table.find(2, 1)).isNull();
    assertThat(table.find(1, 5_000_000)).isNull();
    assertThat(table.find(1, 1)).as("with a page").isNotNull();
    table.removeRange(1, 1, 1, () -> ++generation, (from, slot, word) -> {});
    table.unlinkEmpty();
    assertThat(budget.usedBytes()).as("bytes still charged for an empty table").isZero();
    assertThat(table.findOrMake(2, 1)).as("linked anew").isNotNull();
  }

  @Test
  void anObjectGoesWithItsLastLeaf() {
    table.findOrMake(1, 1);
    long one = budget.usedBytes();
    for (int object = 2; object < 50; object++) {
      table.findOrMake(object, 1);
      table.findOrMake(object, Leaf.PAGES);
      table.removeRange(object, 0, 2L * Leaf.PAGES, () -> ++generation, (from, slot, word) -> {});
    }
    assertThat(budget.usedBytes()).as("bytes of objects that were flushed").isEqualTo(one);
    assertThat(table.findOrMake(2, 1)).as("linked anew").isNotNull();
  }

  @Test
  void anObjectWithoutRoomForItsFirstLeafLeavesNothingBehind() {
    MemoryBudget small = new MemoryBudget(Leaf.MEMORY_BYTES);
    PageTable bounded = new PageTable(small);
    for (int object = 0; object < 100; object++) {
      assertThat(bounded.findOrMake(object, 1)).isNull();
    }
    assertThat(small.usedBytes()).isZero();
  }

  @Test
  void anObjectWithOnePageTakesLittleMoreThanALeaf() {
    put(1, 1, Entry.inTier(0, 1, 1));
    assertThat(budget.usedBytes()).isBetween(4096L, 4096L + 256);
  }

  @Test
  void anObjectThatGrowsKeepsItsPages() {
    for (int i = 0; i < 2048; i++) {
      put(1, i * Leaf.PAGES, Entry.inTier(0, i, i));
    }
    for (int i = 0; i < 2048; i++) {
      assertThat(Entry.locator(table.find(1, i * Leaf.PAGES).get(0))).isEqualTo(i);
    }
    assertThat(table.nextPresent(1, 2047L * Leaf.PAGES + 1, 1L << 32)).isEqualTo(1L << 32);
  }

  @Test
  void growthStopsWhereTheBudgetEndsAndEverythingComesBack() {
    MemoryBudget small = new MemoryBudget(64 * 1024);
    PageTable bounded = new PageTable(small);
    int made = 0;
    for (int i = 0; i < 100; i++) {
      if (bounded.findOrMake(i, i * 100_000) != null) {
        made++;
      }
      assertThat(small.usedBytes()).isLessThanOrEqualTo(small.limitBytes());
    }
    assertThat(made).isBetween(1, 99);
    removeEveryLeaf(bounded);
    assertThat(small.usedBytes()).isZero();
    assertThat(bounded.findOrMake(5, 5)).isNotNull();
  }

  @Test
  void aWholeIndexIsTrimmedInStepsOfLeavesThatExist() {
    for (int i = 0; i < 32; i++) {
      put(9, i << 27, Entry.inTier(0, 1, i));
    }
    long[] handed = {0};
    table.removeRange(9, 0, 1L << 32, () -> 2, (leaf, slot, word) -> handed[0]++);
    assertThat(handed[0]).as("words looked at").isEqualTo(32L * Leaf.PAGES);
    model.clear();
    checkAll();
  }

  /** A put that comes between reading the word and replacing it has the higher generation. */
  @Test
  void aRemovalIsYoungerThanThePutThatItRemoves() {
    Leaf leaf = table.findOrMake(1, 1);
    long first = Entry.inTier(0, 1, 1);
    assertThat(leaf.compareAndSet(1, 0, first)).isTrue();
    long[] clock = {1};
    List<Long> removed = new ArrayList<>();
    table.removeRange(
        1,
        1,
        1,
        () -> {
          long mine = ++clock[0];
          if (leaf.get(1) == first) {
            assertThat(leaf.compareAndSet(1, first, Entry.inTier(0, ++clock[0], 2))).isTrue();
          }
          return mine;
        },
        (from, slot, word) -> removed.add(word));
    assertThat(removed).containsExactly(Entry.inTier(0, 3, 2));
    assertThat(leaf.get(1)).isEqualTo(Entry.absent(4));
  }

  /** Later puts wait for a new leaf, earlier ones are out: the generation lies between them. */
  @Test
  void aRemovedLeafIsYoungerThanItsPutsAndOlderThanThoseThatFollow() {
    Leaf leaf = table.findOrMake(1, 0);
    for (int slot = 0; slot < Leaf.PAGES; slot++) {
      assertThat(leaf.compareAndSet(slot, 0, Entry.inTier(0, 1, slot))).isTrue();
    }
    int[] taken = {0};
    LongSupplier generations =
        () -> {
          taken[0]++;
          assertThat(leaf.get(0)).isEqualTo(Entry.RETIRED);
          assertThat(leaf.get(Leaf.PAGES - 1)).isEqualTo(Entry.RETIRED);
          assertThat(table.find(1, 0)).isSameAs(leaf);
          return 2;
        };
    table.removeRange(1, 0, Leaf.PAGES, generations, (from, slot, word) -> {});
    assertThat(taken[0]).isEqualTo(1);
    assertThat(table.find(1, 0)).isNull();
  }

  @Test
  void removingNothingTakesNoGeneration() {
    table.findOrMake(1, 1);
    LongSupplier none = () -> fail("nothing was removed");
    table.removeRange(1, 1, 5, none, (from, slot, word) -> fail("nothing was there"));
    table.removeRange(2, 1, 5, none, (from, slot, word) -> fail("nothing was there"));
  }
}
