// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the kept zpages deserve under loads of known shape; the tier holds 4000 zpages. */
class SampledAccessesTest {
  private static final int CAPACITY = 4000;
  private static final double LEAST = 0.1;
  private static final double MOST = 0.9;

  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final SampledAccesses accesses = new SampledAccesses();
  private final Random random = new Random(11);

  SampledAccessesTest() {
    accesses.begin(() -> CAPACITY, SampledAccessesTest::byDistance, budget);
  }

  /** The rule of the default: a page comes up that a tier of twice the size would have held. */
  private static boolean byDistance(long distance, long capacity, boolean referenced) {
    return referenced || distance <= capacity;
  }

  private void put(int first, int count) {
    for (int page = first; page < first + count; page++) {
      accesses.onPut(1, 0, page);
    }
  }

  private void read(int first, int count) {
    for (int page = first; page < first + count; page++) {
      accesses.onGet(1, 0, page);
    }
  }

  /** A few pages are read all the time, beside a stream of pages that are put and never read. */
  private void scanBesideHotSet(int hot, int hotPages, int rounds) {
    for (int round = 0; round < rounds; round++) {
      put(1_000_000 + round * 2000, 2000);
      for (int i = 0; i < 1000; i++) {
        accesses.onGet(1, 0, hot + random.nextInt(hotPages));
      }
    }
  }

  @Test
  void aHotSetIsKeptFromAScan() {
    assertThat(accesses.keptShare()).isEqualTo(LEAST);
    put(0, 3000);
    scanBesideHotSet(0, 3000, 200);
    assertThat(accesses.keptShare()).isEqualTo(MOST);
  }

  @Test
  void aLoopLargerThanTheTierIsServedByWhatStays() {
    put(0, 5000);
    for (int round = 0; round < 20; round++) {
      read(0, 5000);
    }
    assertThat(accesses.keptShare()).isEqualTo(LEAST);
  }

  /** As under a swap device: what was read is next written. */
  @Test
  void whatIsNotReadAgainIsNotKept() {
    for (int round = 0; round < 40; round++) {
      put(0, 6000);
      for (int i = 0; i < 3000; i++) {
        accesses.onGet(1, 0, random.nextInt(6000));
      }
    }
    assertThat(accesses.keptShare()).isEqualTo(LEAST);
  }

  @Test
  void theShareFollowsAWorkingSetThatMovesAndALoadThatChanges() {
    put(0, 3000);
    scanBesideHotSet(0, 3000, 200);
    assertThat(accesses.keptShare()).isEqualTo(MOST);
    put(500_000, 3000);
    scanBesideHotSet(500_000, 3000, 200);
    assertThat(accesses.keptShare()).as("after the hot set moved").isEqualTo(MOST);
    for (int round = 0; round < 400; round++) {
      put(2_000_000 + round * 1000, 1000);
      read(2_000_000 + Math.max(0, round - 3) * 1000, 1000);
    }
    assertThat(accesses.keptShare()).as("each page is read once").isEqualTo(LEAST);
  }

  @Test
  void withoutRoomNothingIsHeard() {
    SampledAccesses deaf = new SampledAccesses();
    MemoryBudget little = new MemoryBudget(1000);
    deaf.begin(() -> CAPACITY, SampledAccessesTest::byDistance, little);
    deaf.onPut(1, 0, 1);
    deaf.onGet(1, 0, 1);
    assertThat(little.usedBytes()).isZero();
    assertThat(deaf.keptShare()).isEqualTo(LEAST);
    assertThat(budget.usedBytes()).isPositive();
  }

  @Test
  void aTierThatTurnsOutLargeIsSampledMoreThinly() {
    int[] fit = {100};
    SampledAccesses growing = new SampledAccesses();
    growing.begin(() -> fit[0], SampledAccessesTest::byDistance, new MemoryBudget(1 << 20));
    fit[0] = 10_000_000;
    for (int i = 0; i < 1_000_000; i++) {
      growing.onPut(1, 0, i);
      growing.onGet(1, 0, i / 2);
    }
    assertThat(growing.keptShare()).isEqualTo(LEAST);
  }
}
