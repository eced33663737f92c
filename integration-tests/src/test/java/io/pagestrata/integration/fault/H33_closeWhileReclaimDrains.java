// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.StoreClosedException;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.StoreState;
import io.pagestrata.core.TenantLimits;
import io.pagestrata.core.tier.WriteBudget;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tiers go while reclaim drains them: batches in flight wait for the rate of the disk, a tenant
 * is over its limit, and a put waits. Close must end in bounded time and leave nothing.
 */
class H33_closeWhileReclaimDrains {
  @TempDir private Path directory;

  @RepeatedTest(5)
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void closeEndsAndLeavesNothing() throws InterruptedException {
    WriteBudget slow =
        new WriteBudget(
            "file", 1 << 18, WriteBudget.NO_LIMIT, System::nanoTime, InstantSource.system());
    TenantLimits limited =
        new TenantLimits(
            "a", 1, 1 << 20, TenantLimits.NO_LIMIT, Integer.MAX_VALUE, WriteBudget.UNLIMITED);
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    SmallStore small =
        SmallStore.options()
            .budget(slow)
            // Longer than the test: the close must wake the put.
            .putWait(Duration.ofHours(1))
            .policies(
                new StorePolicies(
                    EphemeralPages.WRITE_BACK, IncompressiblePages.KEEP, List.of(limited)))
            .open(directory);
    Pool own = small.store().createPool(PoolSpec.of("own", PoolKind.PERSISTENT).ownedBy("a"));
    RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
    Thread putter =
        new Thread(
            () -> {
              try {
                for (int i = 0; ; i++) {
                  small.store().put(own, 0, i, pages.page(i), 0);
                }
              } catch (StoreClosedException expected) {
                assertThat(small.store().state()).isNotEqualTo(StoreState.OPEN);
              }
            });
    putter.start();
    while (small.store().stats().stalls() == 0) {
      Thread.onSpinWait();
    }
    small.close();
    putter.join();
    assertThat(small.store().state()).isEqualTo(StoreState.CLOSED);
    assertThat(Thread.getAllStackTraces().keySet())
        .as("threads that may still use what is freed")
        .filteredOn(thread -> !others.contains(thread))
        .noneMatch(thread -> thread.getName().startsWith("pagestrata-"));
    assertThat(directory.toFile().list())
        .allMatch(name -> name.endsWith(".lock") || name.endsWith(".budget"));
  }
}
