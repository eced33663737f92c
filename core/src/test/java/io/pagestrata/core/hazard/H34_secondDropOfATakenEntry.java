// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * Fails: all takers and removers of one version but one. Succeeds: exactly one of them, for every
 * version. Must hold: a version is given to one taker at most, dropped exactly once, never given
 * again.
 */
class H34_secondDropOfATakenEntry {
  /** How a version is put, and how one is taken; the latter gives -1 when none is there. */
  private record Ways(LongPredicate put, LongSupplier take) {}

  @Test
  void takesRemovalsAndPutsMeet() {
    StoreRig.Builder builder = StoreRig.builder().slots(8).promoteAlways();
    try (StoreRig rig = builder.lowerKind(HeapTier.Kind.REUSES_LOCATORS).open()) {
      meet(
          rig,
          new Ways(version -> rig.put(rig.swap, 1, 1, version), () -> rig.take(rig.swap, 1, 1)),
          2_000);
    }
  }

  /** Such a page is in its entry alone, so no place in a tier tells one version from another. */
  @Test
  void takesRemovalsAndPutsOfSameFilledPagesMeet() {
    try (StoreRig rig = StoreRig.builder().open()) {
      meet(rig, new Ways(version -> putFilled(rig, version), () -> takeFilled(rig)), 6_000);
    }
  }

  private static boolean putFilled(StoreRig rig, long version) {
    ByteBuffer page = ByteBuffer.allocate(rig.pageBytes);
    while (page.hasRemaining()) {
      page.putLong(version << 32 | version);
    }
    return rig.store.put(rig.swap, 1, 1, page.flip()).isStored();
  }

  private static long takeFilled(StoreRig rig) {
    ByteBuffer page = ByteBuffer.allocate(rig.pageBytes);
    return rig.store.take(rig.swap, 1, 1, page) ? page.getInt(0) : -1;
  }

  private static void meet(StoreRig rig, Ways ways, int versions) {
    AtomicIntegerArray given = new AtomicIntegerArray(versions + 1);
    AtomicInteger flushed = new AtomicInteger();
    AtomicInteger stored = new AtomicInteger();
    AtomicInteger running = new AtomicInteger(1);
    List<Threads.Task> tasks = new ArrayList<>();
    tasks.add(
        () -> {
          byte[] seen = new byte[rig.pageBytes];
          for (int version = 1; version <= versions; version++) {
            while (rig.store.get(rig.swap, 1, 1, seen, 0)) {
              Thread.onSpinWait();
            }
            stored.addAndGet(ways.put.test(version) ? 1 : 0);
          }
          running.set(0);
        });
    for (int i = 0; i < 2; i++) {
      tasks.add(
          () -> {
            while (running.get() > 0) {
              long version = ways.take.getAsLong();
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
