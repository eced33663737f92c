// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.integration.support.FailingDisk;
import io.pagestrata.integration.support.FailingDisk.Fault;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.ReferenceModel;
import io.pagestrata.integration.support.ReferenceModel.Key;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The disk fails from its k-th write or read on, for every k that a seeded workload has, and later
 * works again. No page may be lost or wrong: a disk that takes no bytes costs refused puts and
 * nothing else, one that gives none costs failed gets while it lasts. Then all must go on by
 * itself, with every thread alive, no shadow and no byte left behind.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class H27_diskFailsAtEveryStep {
  private static final int STEPS = 3000;
  private static final int INDEXES = 1500;
  private static final int PATIENCE = 3;
  private static final long SEED = Long.getLong("pagestrata.seed", 27);

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);

  @ParameterizedTest
  @EnumSource
  void nothingIsLost(Fault fault) throws Exception {
    long operations = new Run(fault, Long.MAX_VALUE, SEED).go();
    assertThat(operations).as("reads or writes of the workload").isGreaterThan(5);
    // Steps in between are as good as any; the long test takes each.
    long stride = Math.max(1, operations / 12);
    for (long k = 1; k <= operations; k += stride) {
      new Run(fault, k, SEED).go();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("stress")
  void nothingIsLostAtAnyStep(Fault fault) throws Exception {
    long operations = Math.min(200, new Run(fault, Long.MAX_VALUE, SEED).go());
    for (long k = 1; k <= operations; k++) {
      new Run(fault, k, SEED + k).go();
    }
  }

  private final class Run {
    private final FailingDisk disk = new FailingDisk();
    private final ReferenceModel model = new ReferenceModel();
    private final Fault fault;
    private final long k;
    private final Random random;
    private final String name;
    private SmallStore small;
    private Pool pool;
    private long refused;
    private long failedReads;
    private boolean healed;

    Run(Fault fault, long k, long seed) {
      this.fault = fault;
      this.k = k;
      random = new Random(seed);
      name = fault + " from operation " + k + " on, seed " + seed;
    }

    long go() throws Exception {
      SmallStore.Options options =
          SmallStore.options()
              .ramBytes(1 << 20)
              .fileBytes(16 << 20)
              // A disk in order is waited for: a busy machine must not end the workload early.
              .putWait(k == Long.MAX_VALUE ? Duration.ofSeconds(30) : Duration.ofMillis(2))
              .promotion(Promotion.ALWAYS)
              .readOnlyRetry(Duration.ofMillis(20))
              .files(disk::below);
      long operations;
      try (SmallStore opened = options.open(directory)) {
        small = opened;
        pool = small.store().createPool("swap", PoolKind.PERSISTENT);
        List<Thread> threads = storeThreads();
        disk.failFrom(fault, k);
        // While it fails; the workload ends early when puts are refused again and again.
        for (int i = 0; i < STEPS && refused < PATIENCE && failedReads < PATIENCE; i++) {
          step();
        }
        operations = disk.operations();
        long failures = disk.failures();
        if (fault != Fault.READ_ERROR) {
          assertEveryPageIsRight();
        }
        assertThat(failures > 0 || k > operations).as("the fault of %s was met", name).isTrue();
        disk.heal();
        healed = true;
        recover();
        assertEveryPageIsRight();
        assertThat(small.check()).as(name).isEqualTo(model.size());
        assertThat(small.store().stats().putsRefusedFull()).as(name).isEqualTo(refused);
        assertThat(small.store().stats().corruptPages()).as(name).isZero();
        assertThat(threads).as(name).isNotEmpty().allMatch(Thread::isAlive);
        small.store().destroyPool(pool);
        assertThat(small.check()).as(name).isZero();
      }
      small.assertNothingIsLeft();
      return operations;
    }

    private void step() {
      int index = random.nextInt(INDEXES);
      int choice = random.nextInt(10);
      if (choice < 6) {
        put(index, pages.mixed(random));
      } else if (choice < 9) {
        get(index);
      } else {
        boolean removed = small.store().flush(pool, 0, index);
        assertThat(removed).as(name).isEqualTo(model.remove(key(index)));
      }
    }

    private boolean put(int index, byte[] page) {
      PutOutcome outcome = small.store().put(pool, 0, index, page, 0);
      if (outcome.isStored()) {
        model.put(key(index), page);
      } else {
        assertThat(outcome).as(name).isEqualTo(PutOutcome.REFUSED_FULL);
        refused++;
      }
      return outcome.isStored();
    }

    /** Only a disk that gives no bytes may make a get fail, and only while it does. */
    private void get(int index) {
      try {
        assertThat(PageBuffers.DIRECT.get(small.store(), pool, 0, index, SmallStore.PAGE_BYTES))
            .as("page %d, %s", index, name)
            .isEqualTo(model.get(key(index)));
      } catch (TierFailureException e) {
        assertThat(fault == Fault.READ_ERROR && !healed).as(name).isTrue();
        assertThat(e).hasMessageContaining("page " + index + " ").hasMessageContaining("tier file");
        failedReads++;
      }
    }

    /** Puts more than RAM holds: that needs a disk that takes zpages again. */
    private void recover() {
      long before = small.store().stats().writeback().writtenPages();
      for (int index = 0; index < INDEXES; index++) {
        byte[] page = RealPages.incompressible(SmallStore.PAGE_BYTES, random);
        while (!put(index, page)) {
          Thread.onSpinWait();
        }
      }
      assertThat(small.store().stats().writeback().writtenPages()).as(name).isGreaterThan(before);
    }

    private void assertEveryPageIsRight() {
      for (int index = 0; index < INDEXES; index++) {
        get(index);
      }
    }

    private Key key(int index) {
      return new Key(pool.id(), 0, index);
    }
  }

  private static List<Thread> storeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("pagestrata-"))
        .toList();
  }
}
