// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.integration.crash.CrashDisk.Keeps;
import io.pagestrata.integration.crash.CrashModel.Key;
import io.pagestrata.integration.crash.CrashSetup.Codec;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The force of a dictionary's file fails. The next start still finds the file whole, in the page
 * cache, while the disk has lost it: no page may come to need that file.
 */
class H27_dictionaryNotForced {
  private static final String POOL = "a";
  private static final int PAGES = 30;
  private static final CrashSetup FIRST =
      CrashSetup.USUAL.with(Codec.ZSTD_TRAINED, CrashSetup.Key.FIRST);
  private static final CrashSetup SECOND =
      CrashSetup.USUAL.with(Codec.ZSTD_TRAINED, CrashSetup.Key.SECOND);

  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private CrashDisk disk = new CrashDisk();
  private int version = CrashModel.EQUAL_VERSIONS;

  /** Fails are counted from 0: its write, its force, that of the directory. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whenItWasMade(int operation) {
    CrashStore first = new CrashStore(disk, FIRST);
    Pool pool = first.store.createPool(POOL, PoolKind.PERSISTENT);
    disk.failAtRandom(new FailingOnce(operation), 0.5);
    while (disk.failures() == 0) {
      putAll(first, pool);
      first.stepDictionaries();
    }
    assertThat(first.trained()).isZero();
    first.close();

    CrashStore second = new CrashStore(disk, FIRST);
    pool = second.store.pool(POOL).orElseThrow();
    putAll(second, pool);
    second.store.sync();
    checkAll(disk.afterPowerLoss(Keeps.FORCED, new Random(1)), FIRST);
    second.close();
  }

  @Test
  void whenItGotTheNewKey() {
    makeWithDictionary();
    CrashDisk made = disk;
    int operations = -1;
    do {
      operations++;
      disk = made.afterKill();
      disk.failAtRandom(new FailingOnce(operations), 0.5);
      try {
        new CrashStore(disk, SECOND).close();
      } catch (TierFailureException | UncheckedIOException e) {
        assertThat(disk.failures()).isPositive();
      }
      disk.failAtRandom(null, 0);
      disk.afterChange(() -> checkAll(disk.afterPowerLoss(Keeps.FORCED, new Random(1)), SECOND));
      CrashStore next = new CrashStore(disk, SECOND);
      disk.afterChange(() -> {});
      next.close();
    } while (disk.failures() > 0);
    assertThat(operations).as("operations that failed, one at a time").isGreaterThan(5);
  }

  private void makeWithDictionary() {
    CrashStore store = new CrashStore(disk, FIRST);
    Pool pool = store.store.createPool(POOL, PoolKind.PERSISTENT);
    while (store.trained() == 0) {
      putAll(store, pool);
      store.stepDictionaries();
    }
    putAll(store, pool);
    store.close();
  }

  /** Puts a new version of each page. */
  private void putAll(CrashStore store, Pool pool) {
    version++;
    for (int i = 0; i < PAGES; i++) {
      CrashModel.fill(page, new Key(POOL, 0, i), version);
      assertThat(store.store.put(pool, 0, i, page).isStored()).isTrue();
    }
  }

  private void checkAll(CrashDisk left, CrashSetup setup) {
    CrashStore store = new CrashStore(left, setup);
    Pool pool = store.store.pool(POOL).orElseThrow();
    for (int i = 0; i < PAGES; i++) {
      assertThat(store.store.get(pool, 0, i, page)).isTrue();
      assertThat(page.getLong(0)).isEqualTo(version);
    }
    store.close();
  }

  /** Chance that lets one operation fail, and the bytes of a failed force be lost. */
  private static final class FailingOnce extends Random {
    private static final long serialVersionUID = 1;
    private final int operation;
    private int operations;

    FailingOnce(int operation) {
      this.operation = operation;
    }

    @Override
    public double nextDouble() {
      return operations++ == operation ? 0 : 1;
    }

    @Override
    public boolean nextBoolean() {
      return false;
    }
  }
}
