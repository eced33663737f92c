// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Patterns come back as they were, also when the table is full and when threads meet. */
class FillPatternsTest {
  private static final int CAPACITY = 1 << 16;

  private final MemoryBudget budget = new MemoryBudget(4 << 20);

  @Test
  void equalHalvesNeedNoTable() {
    FillPatterns patterns = new FillPatterns(budget);
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      long half = i == 0 ? 0 : i == 1 ? 0xffff_ffffL : random.nextInt() & 0xffff_ffffL;
      long word = half << 32 | half;
      assertThat(patterns.decode(patterns.encode(word))).isEqualTo(word);
    }
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void encodedPatternsFitTheirBitsAndAreStable() {
    FillPatterns patterns = new FillPatterns(budget);
    Random random = new Random(2);
    for (int i = 0; i < 1_000; i++) {
      long word = random.nextLong();
      long pattern = patterns.encode(word);
      assertThat(pattern).isBetween(0L, (1L << 47) - 1);
      assertThat(patterns.encode(word)).isEqualTo(pattern);
      assertThat(patterns.decode(pattern)).isEqualTo(word);
    }
    assertThat(budget.usedBytes()).isEqualTo(CAPACITY * 2L * Long.BYTES);
  }

  @Test
  void aFullTableRefusesNewPatternsAndStillKnowsTheOldOnes() {
    FillPatterns patterns = new FillPatterns(budget);
    for (long i = 1; i <= CAPACITY; i++) {
      assertThat(patterns.encode(i << 32)).isNotEqualTo(FillPatterns.NOT_ENCODABLE);
    }
    assertThat(patterns.encode((long) (CAPACITY + 1) << 32)).isEqualTo(FillPatterns.NOT_ENCODABLE);
    for (long i = 1; i <= CAPACITY; i++) {
      assertThat(patterns.decode(patterns.encode(i << 32))).isEqualTo(i << 32);
    }
    assertThat(patterns.decode(patterns.encode(0x7_0000_0007L))).isEqualTo(0x7_0000_0007L);
  }

  @Test
  void withoutMemoryForTheTableOnlyEqualHalvesAreEncoded() {
    FillPatterns patterns = new FillPatterns(new MemoryBudget(1_000));
    assertThat(patterns.encode(1)).isEqualTo(FillPatterns.NOT_ENCODABLE);
    assertThat(patterns.decode(patterns.encode(-1))).isEqualTo(-1);
  }

  @Test
  void threadsThatEncodeTheSameWordsAgree() {
    FillPatterns patterns = new FillPatterns(budget);
    int words = 20_000;
    long[][] seen = new long[4][words];
    Threads.run(
        4,
        number -> {
          for (int i = 0; i < words; i++) {
            int n = (i * 31 + number * 5_000) % words;
            seen[number][n] = patterns.encode((long) (n + 1) << 33 | 1);
            assertThat(patterns.decode(seen[number][n])).isEqualTo((long) (n + 1) << 33 | 1);
          }
        });
    for (int i = 1; i < 4; i++) {
      assertThat(seen[i]).isEqualTo(seen[0]);
    }
  }
}
