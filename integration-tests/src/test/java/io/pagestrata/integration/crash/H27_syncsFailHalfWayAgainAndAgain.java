// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.integration.crash.CrashDisk.Keeps;
import io.pagestrata.integration.crash.CrashModel.Key;
import io.pagestrata.tiers.file.FaultyFiles;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Syncs that fail half way, of pages that change each time, must not use up the room that is kept
 * for syncs: of what they wrote nothing was promised, so it goes before the next one writes.
 */
class H27_syncsFailHalfWayAgainAndAgain {
  private static final String POOL = "pages";
  private static final int PAGES = 140;
  private static final int FAILURES = 40;
  private static final int FORCES_THAT_SUCCEED = 12;
  private static final long ALWAYS = Long.MAX_VALUE / 2;

  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private final CrashDisk disk = new CrashDisk();
  private final FaultyFiles faults = new FaultyFiles(disk);

  @Test
  void theOneThatMeetsNoFaultSucceeds() throws IOException {
    CrashStore store = new CrashStore(faults, CrashSetup.USUAL);
    Pool pool = store.store.createPool(POOL, PoolKind.PERSISTENT);
    put(store, pool, 1);
    store.store.sync();
    for (int version = 2; version < FAILURES; version++) {
      put(store, pool, version);
      faults.fail(Operation.FORCE, FORCES_THAT_SUCCEED, ALWAYS, FaultyFiles.BROKEN);
      assertThatThrownBy(store.store::sync).isInstanceOf(TierFailureException.class);
      check(disk.afterPowerLoss(Keeps.FORCED, new Random(1)), 1, version);
      faults.heal();
    }
    put(store, pool, FAILURES);
    store.store.sync();
    check(disk.afterPowerLoss(Keeps.FORCED, new Random(1)), FAILURES, FAILURES);
    store.close();
  }

  private void put(CrashStore store, Pool pool, int version) {
    for (int i = 0; i < PAGES; i++) {
      CrashModel.fill(page, new Key(POOL, 0, i), CrashModel.EQUAL_VERSIONS + version);
      assertThat(store.store.put(pool, 0, i, page).isStored()).isTrue();
    }
  }

  private void check(CrashDisk left, int oldest, int newest) {
    CrashStore store = new CrashStore(left, CrashSetup.USUAL);
    Pool pool = store.store.pool(POOL).orElseThrow();
    for (int i = 0; i < PAGES; i++) {
      assertThat(store.store.get(pool, 0, i, page)).as("page %d", i).isTrue();
      assertThat(page.getLong(0) - CrashModel.EQUAL_VERSIONS)
          .as("version of page %d", i)
          .isBetween((long) oldest, (long) newest);
    }
    store.close();
  }
}
