// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.integration.crash.CrashDisk.Keeps;
import io.pagestrata.integration.crash.CrashSetup.Codec;
import io.pagestrata.integration.crash.CrashSetup.Key;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.StoreOracle;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A crash after each single operation on the disk, with whatever a disk may keep of what was not
 * forced. The store is opened on what is left, often with another codec or key, and compared with
 * the model. Forbidden: a page older than the last sync, a page that was never put, a removed page
 * that comes back, a lost pool, a store that does not open.
 */
@ExtendWith(SeededRandom.class)
class CrashByCountingTest {
  private static final int SECOND_LIFE_STEPS = 60;
  private static final int SECOND_LIFE_OF = 40;
  private static final int ORACLE_OF = 20;
  private static final int LONG_CRASHES = 100_000;
  private static final int CRASHES_OF_A_LIFE = 2_500;
  private static final int CRASHES_OF_A_SLOW_LIFE = 500;

  private static final CrashSetup USUAL = CrashSetup.USUAL;
  private static final CrashSetup TRAINED = USUAL.with(Codec.ZSTD_TRAINED, Key.NONE);

  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  @TempDir private Path root;
  private CrashIndex indexes;
  private long crashes;
  private long trained;
  private long shared;

  @BeforeEach
  void prepare() {
    indexes = new CrashIndex(root);
  }

  @Test
  void everySyncSurvives(Random random) throws IOException {
    crash(random, 3_500, 0, USUAL);
    crash(random, 3_000, 0, TRAINED);
    crash(random, 2_000, 0, TRAINED.with(ZpoolKind.ZSMALLOC, Eviction.LRU));
    crash(random, 2_000, 0, USUAL.with(ZpoolKind.ZBUD, Eviction.SECOND_CHANCE));
    assertThat(crashes).isGreaterThan(10_000);
    assertThat(trained).isPositive();
  }

  @Test
  void everySyncSurvivesBesideALocationIndex(Random random) throws IOException {
    crash(random, 350, 0, USUAL.with(indexes.makeDirectory()));
    crash(random, 250, 0, TRAINED.with(ZpoolKind.CHRONICLE, Eviction.LRU));
  }

  @Test
  void everySyncSurvivesWherePagesShare(Random random) throws IOException {
    crash(random, 4_000, 0, USUAL.with(Deduplication.TENANT));
    crash(random, 2_000, 0, TRAINED.with(Deduplication.STORE));
    crash(random, 1_500, 0.1, USUAL.with(Deduplication.POOL));
    assertThat(shared).isPositive();
  }

  @Test
  void everySyncSurvivesWhenTheDiskFailsToo(Random random) throws IOException {
    crash(random, 1_000, 0.1, USUAL);
    crash(random, 500, 0.1, TRAINED);
  }

  @Test
  @Tag("stress")
  void everySyncSurvivesTenTimesAsManyCrashes(Random random) throws IOException {
    for (int life = 0; crashes < LONG_CRASHES; life++) {
      CrashSetup setup = USUAL.any(random);
      boolean isSlow = setup.zpool() == ZpoolKind.CHRONICLE || life % 8 == 0;
      crash(
          random,
          isSlow ? CRASHES_OF_A_SLOW_LIFE : CRASHES_OF_A_LIFE,
          life % 2 * 0.05,
          isSlow ? setup.with(indexes.makeDirectory()) : setup);
      System.out.printf("%d crashes survived, the last ones of %s%n", crashes, setup);
    }
    assertThat(trained).isPositive();
    assertThat(shared).isPositive();
  }

  private void crash(Random random, int more, double faultShare, CrashSetup setup)
      throws IOException {
    long enough = crashes + more;
    CrashDisk disk = new CrashDisk();
    Random chance = new Random(random.nextLong());
    CrashWorkload workload = new CrashWorkload(disk, random, setup);
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
    trained += workload.trained();
    assertThat(workload.syncs()).isPositive();
    shared += workload.shared();
    assertThat(workload.shared() == 0 || setup.scope() != Deduplication.OFF).isTrue();
    assertThat(faultShare > 0 || workload.openFailures() == 0).isTrue();
    assertThat(disk.failures() > 0).isEqualTo(faultShare > 0);
    disk.failAtRandom(null, 0);
    workload.store().close();
  }

  private void crashNow(CrashDisk disk, CrashWorkload workload, Keeps keeps, Random chance) {
    crashes++;
    CrashSetup setup = workload.setup().changed(chance);
    String crash =
        "crash %d after change %d keeping %s, of %s, now %s"
            .formatted(crashes, disk.changes(), keeps, workload.setup(), setup);
    try {
      setup = indexes.afterCrash(setup, chance);
      if (chance.nextInt(SECOND_LIFE_OF) == 0) {
        liveOnAfter(
            keeps == Keeps.ALL ? disk.afterKill() : disk.afterPowerLoss(keeps, chance),
            setup,
            workload,
            chance);
      } else {
        open(disk.afterPowerLoss(keeps, chance), setup, workload.model(), chance);
      }
      indexes.forget(setup);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError(crash + ": " + e.getMessage(), e);
    }
  }

  private void open(CrashDisk left, CrashSetup setup, CrashModel model, Random chance) {
    CrashStore store = new CrashStore(left, setup);
    try {
      model.check(store.store, page);
      if (chance.nextInt(ORACLE_OF) == 0) {
        StoreOracle.check(store.store, store.hierarchy());
      }
    } finally {
      store.close();
    }
  }

  /** What the store shows after the crash counts as synced, also when it crashes again. */
  private void liveOnAfter(CrashDisk disk, CrashSetup setup, CrashWorkload before, Random chance)
      throws IOException {
    Deduplication scope = Deduplication.values()[chance.nextInt(4)];
    CrashWorkload second = new CrashWorkload(disk, chance, setup.with(scope));
    before.model().check(second.store().store, page);
    second.goOnFrom(before.model(), before.lastVersion());
    for (int step = 0; step < SECOND_LIFE_STEPS; step++) {
      if (step % 10 == 0) {
        Keeps keeps = Keeps.values()[chance.nextInt(Keeps.values().length)];
        CrashSetup third = indexes.afterCrash(second.setup().changed(chance), chance);
        try {
          open(disk.afterPowerLoss(keeps, chance), third, second.model(), chance);
        } catch (AssertionError e) {
          throw new AssertionError(
              "second life, step " + step + " keeping " + keeps + ": " + e.getMessage(), e);
        }
        indexes.forget(third);
        crashes++;
      }
      second.step();
    }
    second.store().settle();
    StoreOracle.check(second.store().store, second.store().hierarchy());
    second.store().close();
  }
}
