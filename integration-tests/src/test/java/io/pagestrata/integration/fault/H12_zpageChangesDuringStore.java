// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.Storm;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.integration.support.ZpoolStore;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The buffer with the zpage changes while it is stored, the length in its header too. The pool
 * takes as many bytes as it was told to and no more: the neighbours stay whole.
 */
class H12_zpageChangesDuringStore {
  private static final int NEIGHBOURS = 400;
  private static final int TOLD_BYTES = 500;

  @ParameterizedTest
  @EnumSource(ZpoolKind.class)
  void neighboursStayWhole(ZpoolKind kind) throws Exception {
    try (ZpoolStore store = new ZpoolStore(kind, 4 << 20)) {
      ByteBuffer changing = ByteBuffer.allocateDirect(ZpageHeader.BYTES + Zpages.PAGE_BYTES);
      int[] turn = new int[1];
      Storm storm = new Storm();
      storm.repeat(
          () -> {
            int payload = turn[0]++ % 2 == 0 ? TOLD_BYTES - ZpageHeader.BYTES : Zpages.PAGE_BYTES;
            ZpageHeader.write(changing, 0, 0, 0, 0, 0, 1, 0, Zpages.PAGE_SHIFT, payload);
          });
      int[] next = new int[1];
      storm.during(
          NEIGHBOURS,
          () -> {
            int index = next[0]++;
            assertThat(store.put(index, 300 + index % 1500)).isTrue();
            assertThat(
                    store.pool.store(
                        changing, 0, TOLD_BYTES, UpperTier.NO_BACKING, StoreIntent.PUT))
                .isNotEqualTo(UpperTier.NO_SPACE);
          });
      store.assertEveryPageIsWhole();
    }
  }
}
