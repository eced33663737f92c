// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every size, the smallest and the largest too, is stored, found, shown and made free. */
class H20_oneZpageOfEachSize {
  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void everySizeIsEvicted(ZpoolKind kind) {
    try (ZpoolStore store = new ZpoolStore(kind, 32 << 20)) {
      for (int bytes = 1; bytes <= Zpages.PAGE_BYTES; bytes++) {
        assertThat(store.put(bytes, bytes)).as("size %d", bytes).isTrue();
      }
      store.assertEveryPageIsWhole();
      store.evictAll();
      assertThat(store.host.pages()).isEmpty();
      assertThat(store.pool.liveBytes()).isZero();
    }
  }

  // A pool that holds one size alone finds and compacts it, whatever the size.
  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void aPoolOfOneSizeIsReclaimed(ZpoolKind kind) {
    try (ZpoolStore store = new ZpoolStore(kind, 2 << 20)) {
      for (int bytes = 1; bytes <= Zpages.PAGE_BYTES; bytes += 273) {
        for (int i = 0; i < 20; i++) {
          assertThat(store.put(i, bytes)).isTrue();
        }
        while (store.pool.compact() > 0) {
          // Until nothing moves.
        }
        store.assertEveryPageIsWhole();
        while (store.evictOnce() != UpperTier.NOTHING) {
          // One region more.
        }
        assertThat(store.host.pages()).as("pages of %d bytes", bytes).isEmpty();
      }
    }
  }
}
