// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A zpool without a free byte. It must still compact, still show regions, and end: making room may
 * use the reserve and must not depend on having any.
 */
class H16_fullZpoolMakesRoom {
  private static final int MOST_STEPS = 10_000;

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void roomIsMadeWithoutRoom(ZpoolKind kind) {
    try (ZpoolStore store = new ZpoolStore(kind, 2 << 20)) {
      int last = store.fill(0, index -> 1500, StoreIntent.RECLAIM);
      for (int i = 0; i < last; i += 3) {
        store.remove(i);
      }
      int steps = 0;
      while (store.pool.compact() > 0) {
        assertThat(++steps).as("steps of compaction").isLessThan(MOST_STEPS);
      }
      store.assertEveryPageIsWhole();
      while (store.pool.usedBytes() > store.pool.limitBytes() / 2) {
        assertThat(store.evictOnce()).isNotEqualTo(UpperTier.NOTHING);
      }
      assertThat(store.put(last, 4096)).isTrue();
      store.assertEveryPageIsWhole();
    }
  }

  // Hot to the last page: every zpage shown wants a second chance in a pool that is full. Reclaim
  // refuses those for which there is no room, and still ends with room.
  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void secondChancesNeverFillWhatReclaimNeeds(ZpoolKind kind) {
    try (ZpoolStore store = new ZpoolStore(kind, 2 << 20)) {
      int last = store.fill(0, index -> 1500, StoreIntent.PUT);
      for (int i = 0; i < 50; i++) {
        long region =
            store.pool.showColdest(
                (memory, offset, bytes, locator, backing) -> {
                  long to = store.pool.store(memory, offset, bytes, backing, StoreIntent.RECLAIM);
                  if (to == UpperTier.NO_SPACE) {
                    store.drop(memory, offset, bytes, locator, backing);
                  } else {
                    store.pool.free(
                        store.host.relocate(memory, offset, locator, to) ? locator : to);
                  }
                },
                Long.MAX_VALUE);
        assertThat(region).isNotEqualTo(UpperTier.NOTHING);
        store.pool.settle(region);
        assertThat(store.pool.usedBytes()).isLessThanOrEqualTo(store.pool.limitBytes());
      }
      assertThat(store.host.pages()).hasSizeGreaterThan(last / 2);
      store.assertEveryPageIsWhole();
    }
  }
}
