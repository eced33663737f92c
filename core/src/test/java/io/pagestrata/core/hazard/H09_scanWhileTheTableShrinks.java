// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Scans over objects and leaves run while these are removed and made anew: inspection, range
 * operations, prefetch and reclaim must neither fail nor see what is gone.
 */
class H09_scanWhileTheTableShrinks {
  private static final int LEAF = 512;
  private static final int ENDS = 10_000;

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void everyScanSurvivesEveryRemoval() {
    try (StoreRig rig = StoreRig.builder().slots(128).promoteAlways().open()) {
      List<Threads.Task> tasks = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        Random random = new Random(t);
        tasks.add(() -> change(rig, random));
      }
      tasks.add(
          () -> {
            for (int i = 0; i < 400; i++) {
              rig.store.inspect((pool, object, index, place) -> {});
              rig.store.prefetch(rig.swap, i % 3, 0, 1L << 32);
              rig.store.near().absentRun(rig.swap, i % 3, 0, 1L << 32);
              rig.writeback.demote(0, i % 2 == 0);
              rig.store.stats();
            }
          });
      Threads.run(tasks);
    }
  }

  /** Between any two reads of a look the tree may be gone that it is in. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void everyLookSurvivesTheEndOfItsObject() {
    try (StoreRig rig = StoreRig.builder().slots(128).open()) {
      AtomicBoolean ended = new AtomicBoolean();
      Threads.run(
          List.of(
              () -> {
                try {
                  for (int i = 0; i < ENDS; i++) {
                    rig.put(rig.swap, 1, i % 2 * LEAF, i);
                    rig.store.flushObject(rig.swap, 1);
                  }
                } finally {
                  ended.set(true);
                }
              },
              () -> {
                while (!ended.get()) {
                  rig.get(rig.swap, 1, 0);
                }
              },
              () -> {
                while (!ended.get()) {
                  rig.store.near().absentRun(rig.swap, 1, 0, 1L << 32);
                }
              }));
    }
  }

  private static void change(StoreRig rig, Random random) {
    for (int i = 0; i < 1500; i++) {
      int object = random.nextInt(3);
      int index = random.nextInt(8) * LEAF;
      switch (random.nextInt(8)) {
        case 0 -> rig.store.flushObject(rig.swap, object);
        case 1 -> rig.store.flushRange(rig.swap, object, 0, 1L << 32);
        case 2 -> rig.store.flushRange(rig.swap, object, index, LEAF);
        case 3 -> {
          String name = "short-lived " + random.nextLong();
          Pool pool = rig.store.createPool(name, PoolKind.PERSISTENT);
          rig.put(pool, object, index, i);
          rig.store.destroyPool(pool);
        }
        default -> rig.put(rig.swap, object, index, i);
      }
    }
  }
}
