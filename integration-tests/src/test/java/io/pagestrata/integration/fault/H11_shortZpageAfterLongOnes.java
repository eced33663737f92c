// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Memory once full of a canary takes short zpages. What goes into a batch, and so to disk, is the
 * zpage and nothing of what lay there before, whatever the zpool rounds its size up to.
 */
class H11_shortZpageAfterLongOnes {
  private static final byte CANARY = (byte) 0xC5;
  private static final int BATCH_BYTES = 256 << 10;

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void noForeignBytesGoDown(ZpoolKind kind) {
    try (ZpoolStore store = new ZpoolStore(kind, 4 << 20)) {
      fillWithCanaries(store);
      for (int i = 0; i < 300; i++) {
        assertThat(store.put(i, 1 + i, i % 2 - 1L, StoreIntent.PUT)).isTrue();
      }
      ZpageBatch batch = new ZpageBatch(ByteBuffer.allocateDirect(BATCH_BYTES), Zpages.PAGE_BYTES);
      while (store.pool.showColdest(
              (memory, offset, bytes, locator, backing) ->
                  assertThat(batch.add(memory, offset, bytes, locator)).isTrue(),
              Long.MAX_VALUE)
          != UpperTier.NOTHING) {
        // One region more.
      }
      assertThat(batch.count()).isEqualTo(300);
      for (int i = 0; i < batch.count(); i++) {
        int end = i + 1 < batch.count() ? batch.offset(i + 1) : batch.bytes();
        int zpageEnd = batch.offset(i) + ZpageHeader.zpageBytes(batch.data(), batch.offset(i));
        for (int at = zpageEnd; at < end; at++) {
          assertThat(batch.data().get(at)).as("byte %d behind zpage %d", at - zpageEnd, i).isZero();
        }
      }
    }
  }

  private static void fillWithCanaries(ZpoolStore store) {
    ByteBuffer zpage = Zpages.make(0, 0, 1, Zpages.PAGE_BYTES);
    for (int i = ZpageHeader.BYTES; i < zpage.capacity(); i++) {
      zpage.put(i, CANARY);
    }
    List<Long> locators = new ArrayList<>();
    for (long at = 0; at != UpperTier.NO_SPACE; ) {
      at = store.pool.store(zpage, 0, zpage.capacity(), 1L, StoreIntent.RECLAIM);
      if (at != UpperTier.NO_SPACE) {
        locators.add(at);
      }
    }
    assertThat(locators).isNotEmpty();
    locators.forEach(store.pool::free);
    store.evictAll();
  }
}
