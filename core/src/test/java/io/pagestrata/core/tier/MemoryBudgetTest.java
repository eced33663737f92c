// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The one number is never exceeded, never wraps, and spare memory is asked for before refusing. */
class MemoryBudgetTest {
  @Test
  void chargesUpToTheLimitAndNotAByteMore() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThat(budget.tryCharge(60)).isTrue();
    assertThat(budget.tryCharge(41)).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(60);
    assertThat(budget.tryCharge(40)).isTrue();
    assertThat(budget.tryCharge(1)).isFalse();
    budget.release(100);
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.limitBytes()).isEqualTo(100);
  }

  @Test
  void hugeChargesDoNotWrap() {
    MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
    assertThat(budget.tryCharge(Long.MAX_VALUE)).isTrue();
    assertThat(budget.tryCharge(1)).isFalse();
    assertThat(new MemoryBudget(10).tryCharge(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void spareMemoryIsLetGoBeforeAChargeIsRefused() {
    MemoryBudget budget = new MemoryBudget(100);
    AtomicLong spare = new AtomicLong(30);
    budget.onShortage(
        wanted -> {
          long step = Math.min(10, spare.get());
          spare.addAndGet(-step);
          budget.release(step);
          return step;
        });
    assertThat(budget.tryCharge(100)).isTrue();
    assertThat(budget.tryCharge(25)).isTrue();
    assertThat(spare).hasValue(0);
    assertThat(budget.usedBytes()).isEqualTo(95);
    assertThat(budget.tryCharge(6)).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(95);
  }

  @Test
  void threadsTogetherNeverExceedItAndEndWithNothing() {
    MemoryBudget budget = new MemoryBudget(1_000);
    Threads.run(
        4,
        number -> {
          Random random = new Random(number);
          List<Integer> held = new ArrayList<>();
          for (int i = 0; i < 20_000; i++) {
            int bytes = 1 + random.nextInt(300);
            if (budget.tryCharge(bytes)) {
              held.add(bytes);
            }
            assertThat(budget.usedBytes()).isBetween(0L, 1_000L);
            if (held.size() > random.nextInt(4)) {
              budget.release(held.remove(held.size() - 1));
            }
          }
          held.forEach(budget::release);
        });
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void aPartCountsItsOwnChargesInsideTheWhole() {
    MemoryBudget whole = new MemoryBudget(100);
    MemoryBudget part = whole.part();
    assertThat(whole.tryCharge(60)).isTrue();
    assertThat(part.tryCharge(30)).isTrue();
    assertThat(part.tryCharge(20)).isFalse();
    assertThat(part.usedBytes()).isEqualTo(30);
    assertThat(whole.usedBytes()).isEqualTo(90);

    part.onShortage(
        wanted -> {
          whole.release(wanted);
          return wanted;
        });
    assertThat(part.tryCharge(20)).isTrue();
    assertThat(part.usedBytes()).isEqualTo(50);
    assertThat(whole.usedBytes()).isEqualTo(90);
    part.release(50);
    assertThat(part.usedBytes()).isZero();
    assertThat(whole.usedBytes()).isEqualTo(40);
  }
}
