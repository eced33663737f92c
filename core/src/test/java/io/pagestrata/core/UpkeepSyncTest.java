// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Syncs that the upkeep of a tier wants. */
class UpkeepSyncTest {
  // Forbidden: cleaning that stands still for as long as a user's sync takes, which may need room.
  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void oneIsNotHeldUpByTheSyncOfAUser() throws IOException {
    HeapLog log = new HeapLog();
    AtomicReference<Boolean> made = new AtomicReference<>();
    try (StoreRig rig = StoreRig.builder().topKind(HeapTier.Kind.PLAIN).log(log).open()) {
      assertThat(rig.put(rig.swap, 1, 1, 11)).isTrue();
      log.onAppend(
          () -> {
            log.onAppend(() -> {});
            made.set(CompletableFuture.supplyAsync(() -> sync(rig)).join());
          });
      rig.store.sync();
      assertThat(made).hasValue(false);
      assertThat(rig.bottom().host().sync()).isTrue();
    }
  }

  private static boolean sync(StoreRig rig) {
    try {
      return rig.bottom().host().sync();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
