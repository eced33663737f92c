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
 * The last write before a stop fails half way and goes to another segment, and the file with the
 * half that was taken cannot be deleted. The next start finds that half, which no force has
 * covered, and takes its records for those that count. They must be on the medium before the
 * segment with the others goes.
 */
class H27_writeFailedBeforeAStop {
  private static final String POOL = "a";
  private static final int PAGES = 10;

  /** Pages whose records were taken before the write failed. */
  private static final int KEPT = PAGES / 2 - 1;

  /** Operations of a first sync before that write: the header, its force, that of the directory. */
  private static final int BEFORE_THE_WRITE = 3;

  /** The write, and the deletion of its segment. */
  private static final int FAILURES = 2;

  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private final CrashDisk disk = new CrashDisk();

  @Test
  void whatTheNextStartFindsOfItSurvivesACrash() throws IOException {
    CrashStore first = new CrashStore(disk, CrashSetup.USUAL);
    Pool pool = first.store.createPool(POOL, PoolKind.PERSISTENT);
    for (int i = 0; i < PAGES; i++) {
      CrashModel.fill(page, new Key(POOL, 0, i), i + 1);
      assertThat(first.store.put(pool, 0, i, page).isStored()).isTrue();
    }
    disk.failAtRandom(failing(BEFORE_THE_WRITE), 0.5);
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

  /** Chance that lets operations fail from one on, and the bytes of a failed force be lost. */
  private static Random failing(int operation) {
    return new Random() {
      private int operations;

      @Override
      public double nextDouble() {
        int now = operations++;
        return now >= operation && now < operation + FAILURES ? 0 : 1;
      }

      @Override
      public boolean nextBoolean() {
        return false;
      }
    };
  }
}
