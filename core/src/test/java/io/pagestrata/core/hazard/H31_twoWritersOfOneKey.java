// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Fails: all but one of the writers of one key, each time, without noticing. Succeeds: every put;
 * the last one stays. Must hold: the losers' zpages are freed once each; used bytes return to zero
 * after a removal.
 */
class H31_twoWritersOfOneKey {
  @Test
  void parallelPutsLeaveOneZpage() {
    int writers = 4;
    int puts = 5_000;
    try (StoreRig rig = StoreRig.builder().slots(16).open()) {
      AtomicInteger stored = new AtomicInteger();
      Threads.run(
          writers,
          number -> {
            for (int i = 0; i < puts; i++) {
              stored.addAndGet(rig.put(rig.swap, 1, 1, (long) number * puts + i) ? 1 : 0);
            }
          });
      assertThat(stored).hasValue(writers * puts);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      long last = rig.get(rig.swap, 1, 1);
      assertThat(last % puts).as("the last put of some writer").isEqualTo(puts - 1);
      assertThat(rig.store.flush(rig.swap, 1, 1)).isTrue();
      assertThat(rig.top().usedBytes()).isZero();
      assertThat(rig.store.stats().pages()).isZero();
    }
  }

  // Forbidden: a page whose generation is below that of one that it replaced; after a crash the
  // older would come back.
  @Test
  void aPutThatWasOvertakenIsTheNewer() throws IOException {
    try (StoreRig rig = StoreRig.builder().slots(16).open()) {
      assertThat(rig.put(rig.swap, 1, 1, 1)).isTrue();
      rig.top().faults.onceBeforeStore(() -> assertThat(rig.put(rig.swap, 1, 1, 3)).isTrue());
      assertThat(rig.put(rig.swap, 1, 1, 2)).isTrue();
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(2);
      assertThat(rig.top().liveZpages()).isEqualTo(1);
      long[] generation = new long[1];
      long[] locator = new long[1];
      rig.store.inspect((pool, object, index, place) -> locator[0] = place.locator());
      rig.top()
          .read(
              locator[0],
              ByteBuffer.allocateDirect(2 * rig.pageBytes),
              (memory, offset, bytes) -> {
                generation[0] = ZpageHeader.generation(memory, offset);
                return 0;
              });
      assertThat(generation[0]).isPositive().isEqualTo(rig.store.stats().generation());
    }
  }
}
