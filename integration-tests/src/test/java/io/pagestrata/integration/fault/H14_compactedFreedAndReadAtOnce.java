// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.integration.support.ModelHost.Page;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.Storm;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two threads overwrite and free, one reads, one compacts, shows regions, gives second chances and
 * drops, one takes memory away. Forbidden: a reader that sees other bytes than the last put's, a
 * published zpage that is gone, a byte or a zpage left over at the end, a charge over the budget.
 */
@ExtendWith(SeededRandom.class)
class H14_compactedFreedAndReadAtOnce {
  private static final long BYTES = 3 << 20;
  private static final int PAGES_OF_A_WRITER = 900;
  private static final int SHORT_STEPS = 40_000;
  private static final int LONG_STEPS = 1_000_000;

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void storm(ZpoolKind kind, Random random) throws Exception {
    storm(kind, SHORT_STEPS, random);
  }

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  @Tag("stress")
  void longStorm(ZpoolKind kind, Random random) throws Exception {
    storm(kind, LONG_STEPS, random);
  }

  private static void storm(ZpoolKind kind, int steps, Random random) throws Exception {
    try (ZpoolStore store = new ZpoolStore(kind, BYTES)) {
      store.budget.onShortage(store.pool::releaseSpare);
      Storm storm = new Storm();
      Random ofOther = new Random(random.nextLong());
      Random ofReader = new Random(random.nextLong());
      Random ofReclaim = new Random(random.nextLong());
      Random ofShortage = new Random(random.nextLong());
      storm.repeat(() -> write(store, 1, ofOther));
      storm.repeat(() -> store.holds(ofReader.nextInt(2 * PAGES_OF_A_WRITER)));
      storm.repeat(() -> reclaim(store, ofReclaim));
      storm.repeat(() -> takeMemoryAway(store, ofShortage));
      storm.during(steps, () -> write(store, 0, random));

      store.assertEveryPageIsWhole();
      assertThat(store.pool.stats().zpages()).isEqualTo(store.host.pages().size());
      for (Page page : store.host.pages()) {
        store.host.remove(page);
      }
      assertThat(store.pool.stats().zpages()).isZero();
      assertThat(store.pool.liveBytes()).isZero();
      store.evictAll();
      while (store.pool.compact() > 0) {
        // Until nothing moves.
      }
      assertThat(store.pool.usedBytes()).as("open blocks at most").isLessThan(BYTES / 4);
    }
  }

  private static void write(ZpoolStore store, int own, Random random) {
    int index = 2 * random.nextInt(PAGES_OF_A_WRITER) + own;
    int payload = 1 + (random.nextInt(8) == 0 ? random.nextInt(4096) : random.nextInt(1500));
    if (random.nextInt(4) == 0
        || !store.put(index, payload, random.nextInt(3) - 1L, StoreIntent.PUT)) {
      store.remove(index);
    }
  }

  private static void reclaim(ZpoolStore store, Random random) {
    if (random.nextBoolean()) {
      store.pool.compact();
    }
    long region =
        store.pool.showColdest(
            (memory, offset, bytes, locator, backing) -> {
              if (random.nextInt(3) == 0) {
                store.drop(memory, offset, bytes, locator, backing);
              } else if (random.nextInt(2) == 0 && store.host.isLive(memory, offset, locator)) {
                secondChance(store, memory, offset, bytes, locator, backing);
              }
            },
            Long.MAX_VALUE);
    if (region != UpperTier.NOTHING) {
      store.pool.settle(region);
    }
  }

  private static void secondChance(
      ZpoolStore store, ByteBuffer memory, int offset, int bytes, long from, long backing) {
    long to = store.pool.store(memory, offset, bytes, backing, StoreIntent.RECLAIM);
    if (to != UpperTier.NO_SPACE) {
      store.pool.free(store.host.relocate(memory, offset, from, to) ? from : to);
    }
  }

  private static void takeMemoryAway(ZpoolStore store, Random random) {
    long bytes = 1 + random.nextInt(256 << 10);
    if (store.budget.tryCharge(bytes)) {
      store.budget.release(bytes);
    }
  }
}
