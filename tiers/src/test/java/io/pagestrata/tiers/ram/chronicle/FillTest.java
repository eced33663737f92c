// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.StoreIntent;
import org.junit.jupiter.api.Test;

/** What the pool says about the fill of a map that does not tell it. */
class FillTest {
  private static final long MEMORY_BYTES = 1 << 20;
  private static final long MOST_BYTES = 1_000_000;
  private final Fill fill = new Fill(MEMORY_BYTES, MOST_BYTES, 4096);

  @Test
  void aRefusalSaysThatTheMapIsFull() {
    fill.stored(600_000);
    assertThat(fill.usedBytes()).isLessThan(MEMORY_BYTES * 7 / 10);
    fill.refused();
    assertThat(fill.usedBytes()).isEqualTo(MEMORY_BYTES);
    assertThat(fill.mayStore(64, StoreIntent.RECLAIM)).isFalse();
  }

  @Test
  void reclaimBringsTheLevelDownAgain() {
    fill.stored(600_000);
    fill.refused();
    fill.freed(120_000);
    assertThat(fill.usedBytes()).isBetween(MEMORY_BYTES * 7 / 10, MEMORY_BYTES * 9 / 10);
    assertThat(fill.mayStore(64, StoreIntent.PUT)).isTrue();
  }

  @Test
  void storesThatSucceedLetMoreBeHopedFor() {
    fill.stored(600_000);
    fill.refused();
    long before = fill.usedBytes();
    for (int i = 0; i < 256 * 1000; i++) {
      fill.stored(64);
      fill.freed(64);
    }
    assertThat(fill.usedBytes()).isLessThan(before * 7 / 10);
  }

  @Test
  void oneRefusalOfAnEmptyMapIsNotTheEnd() {
    fill.refused();
    assertThat(fill.mayStore(4096, StoreIntent.PUT)).isTrue();
  }
}
