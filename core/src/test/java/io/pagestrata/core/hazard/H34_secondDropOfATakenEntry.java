// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/**
 * Fails: all takers and removers of one version but one. Succeeds: exactly one of them, for every
 * version. Must hold: a version is given to one taker at most, dropped exactly once, never given
 * again.
 */
class H34_secondDropOfATakenEntry {
  @Test
  void takesRemovalsAndPutsMeet() {
    int versions = 2_000;
    StoreRig.Builder builder = StoreRig.builder().slots(8).promoteAlways();
    try (StoreRig rig = builder.lowerKind(HeapTier.Kind.REUSES_LOCATORS).open()) {
      AtomicIntegerArray given = new AtomicIntegerArray(versions + 1);
      AtomicInteger flushed = new AtomicInteger();
      AtomicInteger stored = new AtomicInteger();
      AtomicInteger running = new AtomicInteger(1);
      List<Threads.Task> tasks = new ArrayList<>();
      tasks.add(
          () -> {
            for (int version = 1; version <= versions; version++) {
              while (rig.get(rig.swap, 1, 1) != -1) {
                Thread.onSpinWait();
              }
              stored.addAndGet(rig.put(rig.swap, 1, 1, version) ? 1 : 0);
            }
            running.set(0);
          });
      for (int i = 0; i < 2; i++) {
        tasks.add(
            () -> {
              while (running.get() > 0) {
                long version = rig.take(rig.swap, 1, 1);
                if (version != -1) {
                  given.incrementAndGet((int) version);
                }
              }
            });
      }
      tasks.add(
          () -> {
            while (running.get() > 0) {
              flushed.addAndGet(rig.store.flush(rig.swap, 1, 1) ? 1 : 0);
              rig.writeback.demote(0, true);
            }
          });
      Threads.run(tasks);
      int left = rig.store.flush(rig.swap, 1, 1) ? 1 : 0;
      int taken = 0;
      for (int version = 1; version <= versions; version++) {
        assertThat(given.get(version)).as("takers of version %d", version).isBetween(0, 1);
        taken += given.get(version);
      }
      assertThat(taken + flushed.get() + left).as("versions dropped").isEqualTo(stored.get());
    }
  }
}
