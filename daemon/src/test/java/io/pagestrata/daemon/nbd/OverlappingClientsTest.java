// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.movement.WritebackStats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients write and read overlapping ranges of the same pages while writeback pushes these pages to
 * the file tier all the time. Forbidden: a torn sector, and a stamp older than the last
 * acknowledged write, which is what a lost race between a write and the shadow of its page gives.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OverlappingClientsTest {
  private static final int PAGES = 96;
  private static final int SECTORS = PAGES * NbdRig.PAGE_BYTES / StampedSectors.SECTOR_BYTES;
  private static final int MOST_SECTORS_AT_ONCE = 40;
  private static final int WRITERS = 2;

  @TempDir private Path directory;

  @Test
  void nobodyReadsATornOrStaleSector() throws Exception {
    run(1500);
  }

  @Test
  @Tag("stress")
  void nobodyReadsATornOrStaleSectorForLong() throws Exception {
    run(100_000);
  }

  private void run(int rounds) throws Exception {
    StampedSectors sectors = new StampedSectors(SECTORS, WRITERS * rounds);
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (NbdRig rig = NbdRig.open(directory)) {
      Future<?> mover = threads.submit(() -> moveDown(rig, over));
      List<Callable<Void>> clients = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        long seed = i;
        clients.add(() -> write(rig, sectors, rounds, seed));
        clients.add(() -> read(rig, sectors, rounds, 100 + seed));
      }
      for (Future<Void> client : threads.invokeAll(clients)) {
        client.get();
      }
      over.set(true);
      mover.get();
      WritebackStats moved = rig.store.stats().writeback();
      assertThat(moved.demotedPages()).as("pages that really went down").isPositive();
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
  }

  private static Void moveDown(NbdRig rig, AtomicBoolean over) throws InterruptedException {
    while (!over.get()) {
      rig.store.writeBack(WritebackRequest.everything());
    }
    return null;
  }

  private static Void write(NbdRig rig, StampedSectors sectors, int rounds, long seed)
      throws Exception {
    Random random = new Random(seed);
    try (TestClient client = rig.disk(seed % 2 == 0)) {
      for (int i = 0; i < rounds; i++) {
        int count = 1 + random.nextInt(MOST_SECTORS_AT_ONCE);
        int first = random.nextInt(SECTORS - count);
        long stamp = sectors.start();
        byte[] data = StampedSectors.content(stamp, count);
        assertThat(client.write((long) first * StampedSectors.SECTOR_BYTES, data)).isZero();
        sectors.acknowledge(stamp, first, count);
      }
    }
    return null;
  }

  private static Void read(NbdRig rig, StampedSectors sectors, int rounds, long seed)
      throws Exception {
    Random random = new Random(seed);
    try (TestClient client = rig.disk(seed % 2 == 0)) {
      for (int i = 0; i < rounds; i++) {
        int count = 1 + random.nextInt(MOST_SECTORS_AT_ONCE);
        int first = random.nextInt(SECTORS - count);
        long[] before = sectors.beforeRead(first, count);
        long offset = (long) first * StampedSectors.SECTOR_BYTES;
        sectors.check(client.read(offset, count * StampedSectors.SECTOR_BYTES), first, before);
      }
    }
    return null;
  }

  @Test
  void theCheckKnowsWhatIsForbidden() {
    StampedSectors sectors = new StampedSectors(2, 3);
    long first = sectors.start();
    long beside = sectors.start();
    sectors.acknowledge(first, 0, 2);
    sectors.acknowledge(beside, 0, 2);
    sectors.check(StampedSectors.content(first, 2), 0, sectors.beforeRead(0, 2));
    sectors.check(StampedSectors.content(beside, 2), 0, sectors.beforeRead(0, 2));
    long later = sectors.start();
    long[] during = sectors.beforeRead(0, 2);
    sectors.acknowledge(later, 1, 1);
    byte[] old = StampedSectors.content(first, 2);
    sectors.check(old, 0, during);
    assertThatThrownBy(() -> sectors.check(old, 0, sectors.beforeRead(0, 2)))
        .hasMessageStartingWith("stale: sector 1 holds write " + first);
    old[600]++;
    assertThatThrownBy(() -> sectors.check(old, 0, during))
        .hasMessageStartingWith("torn: sector 1");
  }
}
