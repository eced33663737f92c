// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Deduplication;
import io.pagestrata.integration.crash.CrashDisk.Keeps;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.StoreOracle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A crash after each single operation on the disk, with whatever a disk may keep of what was not
 * forced. The store is opened on what is left and compared with the model. Forbidden: a page older
 * than the last sync, a page that was never put, a removed page that comes back, a lost pool, a
 * store that does not open.
 */
@ExtendWith(SeededRandom.class)
class CrashByCountingTest {
  private static final int SECOND_LIFE_STEPS = 60;
  private static final int SECOND_LIFE_OF = 40;
  private static final int ORACLE_OF = 20;

  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private long crashes;

  @Test
  void everySyncSurvives(Random random) throws IOException {
    crash(random, 10_500, 0, Deduplication.OFF);
    assertThat(crashes).isGreaterThan(10_000);
  }

  @Test
  void everySyncSurvivesWherePagesShare(Random random) throws IOException {
    crash(random, 6_000, 0, Deduplication.TENANT);
    crash(random, 1_500, 0.1, Deduplication.POOL);
  }

  @Test
  void everySyncSurvivesWhenTheDiskFailsToo(Random random) throws IOException {
    crash(random, 1_500, 0.1, Deduplication.OFF);
  }

  @Test
  @Tag("stress")
  void everySyncSurvivesTenTimesAsManyCrashes(Random random) throws IOException {
    for (int life = 0; life < 10; life++) {
      crash(random, 10_000, life % 2 * 0.05, Deduplication.values()[life / 2 % 4]);
    }
    assertThat(crashes).isGreaterThan(100_000);
  }

  private void crash(Random random, int more, double faultShare, Deduplication scope)
      throws IOException {
    long enough = crashes + more;
    CrashDisk disk = new CrashDisk();
    Random chance = new Random(random.nextLong());
    CrashWorkload workload = new CrashWorkload(disk, random, scope);
    if (faultShare > 0) {
      disk.failAtRandom(new Random(random.nextLong()), faultShare);
    }
    disk.afterChange(
        () -> {
          crashNow(disk, workload, Keeps.ALL, chance);
          crashNow(disk, workload, Keeps.FORCED, chance);
          crashNow(disk, workload, Keeps.TORN, chance);
          crashNow(disk, workload, Keeps.SOME, chance);
          crashNow(disk, workload, Keeps.SOME, chance);
        });
    while (crashes < enough) {
      workload.step();
    }
    disk.afterChange(() -> {});
    disk.failAtRandom(chance, 0);
    assertThat(workload.syncs()).isPositive();
    assertThat(workload.shared() > 0).isEqualTo(scope != Deduplication.OFF);
    assertThat(faultShare > 0 || workload.openFailures() == 0).isTrue();
    assertThat(disk.failures() > 0).isEqualTo(faultShare > 0);
    disk.failAtRandom(null, 0);
    workload.store().close();
  }

  private void crashNow(CrashDisk disk, CrashWorkload workload, Keeps keeps, Random chance) {
    crashes++;
    String crash = "crash " + crashes + " after change " + disk.changes() + " keeping " + keeps;
    try {
      if (chance.nextInt(SECOND_LIFE_OF) == 0) {
        liveOnAfter(
            keeps == Keeps.ALL ? disk.afterKill() : disk.afterPowerLoss(keeps, chance),
            workload,
            chance);
        return;
      }
      CrashStore store = new CrashStore(disk.afterPowerLoss(keeps, chance));
      try {
        workload.model().check(store.store, page);
        if (chance.nextInt(ORACLE_OF) == 0) {
          StoreOracle.check(store.store, store.hierarchy());
        }
      } finally {
        store.close();
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError(crash + ": " + e.getMessage(), e);
    }
  }

  /** What the store shows after the crash counts as synced, also when it crashes again. */
  private void liveOnAfter(CrashDisk disk, CrashWorkload before, Random chance) throws IOException {
    Deduplication scope = Deduplication.values()[chance.nextInt(4)];
    CrashWorkload second = new CrashWorkload(disk, chance, scope);
    before.model().check(second.store().store, page);
    second.goOnFrom(before.model(), before.lastVersion());
    for (int step = 0; step < SECOND_LIFE_STEPS; step++) {
      if (step % 10 == 0) {
        Keeps keeps = Keeps.values()[chance.nextInt(Keeps.values().length)];
        CrashStore third = new CrashStore(disk.afterPowerLoss(keeps, chance));
        try {
          second.model().check(third.store, page);
        } catch (AssertionError e) {
          throw new AssertionError(
              "second life, step " + step + " keeping " + keeps + ": " + e.getMessage(), e);
        } finally {
          third.close();
        }
        crashes++;
      }
      second.step();
    }
    second.store().settle();
    StoreOracle.check(second.store().store, second.store().hierarchy());
    second.store().close();
  }
}
