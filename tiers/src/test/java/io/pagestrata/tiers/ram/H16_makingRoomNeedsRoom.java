// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reclaim in a pool without a free byte. It must still clean, still show blocks, and end: making
 * room may use the reserve and must not depend on having any.
 */
class H16_makingRoomNeedsRoom {
  @ParameterizedTest
  @ValueSource(ints = {4, 8, 32, 128})
  void fullPoolIsStillCleanedAndReclaimed(int blocks) {
    try (RamTestStore store = RamTestStore.ofBlocks(blocks)) {
      long last = fill(store, StoreIntent.PUT, 0);
      // Every other zpage dies: all blocks are sparse, and cleaning has the reserve to work with.
      for (long object = 0; object < last; object += 2) {
        store.remove(object);
      }
      long before = store.tier.usedBytes();
      assertThat(store.tier.reclaim(store::drop, Long.MAX_VALUE)).isEqualTo(UpperTier.CLEANED);
      store.evictOnce();
      assertThat(store.tier.usedBytes()).isLessThan(before);
      store.table.keySet().forEach(object -> assertThat(store.holds(object)).isTrue());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 32, 128})
  void poolWithoutAnyFreeBlockStillShowsItsOldest(int blocks) {
    try (RamTestStore store = RamTestStore.ofBlocks(blocks)) {
      long last = fill(store, StoreIntent.RECLAIM, 0);
      assertThat(store.tier.usedBytes()).isEqualTo(store.tier.limitBytes());
      for (long object = 0; object < last; object += 3) {
        store.remove(object);
      }
      while (store.tier.usedBytes() > store.tier.limitBytes() / 2) {
        assertThat(store.evictOnce()).isNotEqualTo(UpperTier.NOTHING);
      }
      assertThat(store.put(last + 1, 4000)).isTrue();
    }
  }

  private static long fill(RamTestStore store, StoreIntent intent, long first) {
    for (long object = first; ; object++) {
      ByteBuffer zpage = store.zpage(object, 1500);
      long locator = store.store(zpage, UpperTier.NO_BACKING, intent);
      if (locator == UpperTier.NO_SPACE) {
        return object;
      }
      store.publish(object, locator);
    }
  }
}
