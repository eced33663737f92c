// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.integration.crash.CrashDisk.Keeps;
import io.pagestrata.integration.crash.CrashModel.Key;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The last write before a stop fails half way, cannot be cut off, and goes to another segment. The
 * next start finds the half that was taken, which no force has covered, and takes its records for
 * those that count. They must be on the medium before the segment with the others goes.
 */
class H27_writeFailedBeforeAStop {
  private static final String POOL = "a";
  private static final int PAGES = 10;

  /** Pages whose records were taken before the write failed. */
  private static final int KEPT = PAGES / 2 - 1;

  /** The write, and cutting off what it left. */
  private static final int FAILURES = 2;

  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private final CrashDisk disk = new CrashDisk();

  @Test
  void whatTheNextStartFindsOfItSurvivesACrash() throws IOException {
    CrashStore first = new CrashStore(disk, CrashSetup.USUAL);
    Pool pool = first.store.createPool(POOL, PoolKind.PERSISTENT);
    // Keeps the segment of the failed write.
    put(first, pool, PAGES);
    first.store.sync();
    for (int i = 0; i < PAGES; i++) {
      put(first, pool, i);
    }
    disk.failAtRandom(failing(), 0.5);
    first.close();
    assertThat(disk.failures()).isEqualTo(FAILURES);
    assertThat(segments()).as("one for the failed write, one for the next").isEqualTo(2);

    CrashStore second = new CrashStore(disk, CrashSetup.USUAL);
    pool = second.store.pool(POOL).orElseThrow();
    second.store.flushRange(pool, 0, KEPT, PAGES);
    second.store.sync();
    disk.afterChange(() -> checkKept(disk.afterPowerLoss(Keeps.FORCED, new Random(1))));
    second.maintain();
    disk.afterChange(() -> {});
    assertThat(disk.list())
        .as("nothing in the second segment was needed any more")
        .doesNotContain("segment-00000002.pss");
    second.close();
  }

  private void put(CrashStore store, Pool pool, int index) {
    CrashModel.fill(page, new Key(POOL, 0, index), index + 1);
    assertThat(store.store.put(pool, 0, index, page).isStored()).isTrue();
  }

  private void checkKept(CrashDisk left) {
    CrashStore third = new CrashStore(left, CrashSetup.USUAL);
    Pool pool = third.store.pool(POOL).orElseThrow();
    for (int i = 0; i < KEPT; i++) {
      assertThat(third.store.get(pool, 0, i, page)).as("page %d", i).isTrue();
      assertThat(page.getLong(0)).isEqualTo(i + 1);
    }
    third.close();
  }

  private long segments() {
    return disk.list().stream().filter(name -> name.endsWith(".pss")).count();
  }

  /** Chance that lets the next operations fail, and the bytes of a failed force be lost. */
  private static Random failing() {
    return new Random() {
      private int operations;

      @Override
      public double nextDouble() {
        return operations++ < FAILURES ? 0 : 1;
      }

      @Override
      public boolean nextBoolean() {
        return false;
      }
    };
  }
}
