// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Fails: nothing; a page is overwritten and its slot reused while a get or take is reading it.
 * Succeeds: every get, with a version that was current during the get. Must hold: no get gives a
 * version older than one seen or stored before it began, and a take removes exactly the version it
 * gives.
 */
class H03_staleGetAfterReuse {
  private static final int VERSIONS = 4_000;

  @Test
  void gettersNeverGoBackInTime() {
    StoreRig.Builder builder = StoreRig.builder().slots(8).promoteAlways();
    try (StoreRig rig = builder.lowerKind(HeapTier.Kind.REUSES_LOCATORS).open()) {
      AtomicLong stored = new AtomicLong();
      rig.put(rig.swap, 1, 1, 0);
      List<Threads.Task> tasks = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        tasks.add(
            () -> {
              while (stored.get() < VERSIONS) {
                long before = stored.get();
                long version = rig.get(rig.swap, 1, 1);
                assertThat(version).as("older than a completed put").isNotEqualTo(-1L);
                assertThat(version).as("older than a completed put").isGreaterThanOrEqualTo(before);
              }
            });
      }
      tasks.add(
          () -> {
            for (long version = 1; version <= VERSIONS; version++) {
              while (!rig.put(rig.swap, 1, 1, version)) {
                Thread.onSpinWait();
              }
              stored.set(version);
            }
          });
      tasks.add(
          () -> {
            while (stored.get() < VERSIONS) {
              rig.writeback.demote(0, true);
            }
          });
      Threads.run(tasks);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(VERSIONS);
    }
  }

  @Test
  void aTakeWhosePlaceIsReusedByANewerVersionDoesNotRemoveThatOne() {
    StoreRig.Builder builder = StoreRig.builder().slots(64);
    try (StoreRig rig = builder.lowerKind(HeapTier.Kind.REUSES_LOCATORS).open()) {
      rig.put(rig.swap, 1, 1, 7);
      rig.writeback.demote(0, true);
      // The place and the eviction clock of the newer version are those of the older one.
      Runnable replace =
          () -> {
            rig.put(rig.swap, 1, 1, 8);
            rig.writeback.demote(0, true);
          };
      rig.below().faults.onceAfterRead(replace);
      long taken = rig.take(rig.swap, 1, 1);
      long left = rig.get(rig.swap, 1, 1);
      assertThat(List.of(taken, left)).as("version taken, version left").isEqualTo(List.of(7L, 8L));
    }
  }
}
