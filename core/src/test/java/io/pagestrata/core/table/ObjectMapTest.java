// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The map from object to tree: against a plain map, and read while it changes. */
class ObjectMapTest {
  private final MemoryBudget budget = new MemoryBudget(1L << 30);
  private final ObjectMap map = new ObjectMap();

  private ObjectTree newTree() {
    return new ObjectTree(budget, null, 0, 0, null);
  }

  @Test
  void behavesAsAMapThroughGravesAndRehashes() {
    Map<Long, ObjectTree> model = new HashMap<>();
    Random random = new Random(5);
    for (int step = 0; step < 50_000; step++) {
      // Keys that collide in their low and high bits, and phases of growing and of shrinking.
      long object = (long) random.nextInt(400) << random.nextInt(2) * 40;
      boolean grows = step / 5_000 % 2 == 0;
      if (random.nextInt(10) < (grows ? 7 : 3)) {
        ObjectTree known = model.get(object);
        ObjectTree made = map.getOrMake(object, this::newTree);
        assertThat(known == null || known == made).isTrue();
        model.put(object, made);
      } else {
        ObjectTree known = model.remove(object);
        map.remove(object, known == null ? newTree() : known);
      }
      assertThat(map.get(object)).isSameAs(model.get(object));
    }
    Map<Long, ObjectTree> seen = new HashMap<>();
    map.forEach((object, tree) -> assertThat(seen.put(object, tree)).isNull());
    assertThat(seen).isEqualTo(model);
  }

  @Test
  void aMakerThatRefusesLeavesNothing() {
    assertThat(map.getOrMake(1, () -> null)).isNull();
    assertThat(map.get(1)).isNull();
  }

  @Test
  void readersFindSettledKeysWhileOthersComeAndGo() {
    int settled = 64;
    ObjectTree[] trees = new ObjectTree[settled];
    for (int i = 0; i < settled; i++) {
      trees[i] = map.getOrMake(i * 7L, this::newTree);
    }
    AtomicBoolean done = new AtomicBoolean();
    Threads.run(
        4,
        number -> {
          Random random = new Random(number);
          if (number < 2) {
            for (int i = 0; i < 30_000; i++) {
              long object = 1_000 + number * 1_000 + random.nextInt(300);
              ObjectTree tree = map.getOrMake(object, this::newTree);
              assertThat(map.get(object)).isSameAs(tree);
              if (random.nextBoolean()) {
                map.remove(object, tree);
                assertThat(map.get(object)).isNull();
              }
            }
            done.set(true);
          } else {
            while (!done.get()) {
              int i = random.nextInt(settled);
              assertThat(map.get(i * 7L)).as("a settled key is missed").isSameAs(trees[i]);
              assertThat(map.get(-1 - i)).isNull();
            }
          }
        });
  }

  /** Where only part of the slots were ever a home, linear probing would walk through long runs. */
  @Test
  void objectsFindTheirHomesAllOverALargeMap() {
    int slots = 1 << 28;
    int parts = 256;
    Set<Integer> reached = new HashSet<>();
    for (long object = 0; object < 100L * parts; object++) {
      int home = ObjectMap.home(object, slots - 1);
      assertThat(home).isBetween(0, slots - 1);
      reached.add(home / (slots / parts));
    }
    assertThat(reached).hasSize(parts);
  }
}
