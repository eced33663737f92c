// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.DailyBudgets;
import io.pagestrata.core.tier.WriteBudget;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A budget that is no multiple of what is taken from it must end, not wrap below zero and become
 * infinite; what was taken for a write that failed comes back, and no more than that.
 */
class H10_budgetWrapsAround {
  private static final long LIMIT = 1_000_003;

  private final WriteBudget budget = DailyBudgets.of("file", LIMIT);

  @ParameterizedTest
  @ValueSource(ints = {4096 + 32, 16384 + 32, 65536 + 32})
  void theLastUnitThatDoesNotFitIsRefusedForGood(int unit) {
    long taken = 0;
    while (budget.tryTake(unit)) {
      taken += unit;
    }
    assertThat(taken).isEqualTo(LIMIT / unit * unit);
    for (int i = 0; i < 100; i++) {
      assertThat(budget.tryTake(unit)).isFalse();
    }
    assertThat(budget.leftTodayBytes()).isEqualTo(LIMIT - taken);
  }

  @Test
  void chargesBeyondTheLimitLeaveNothingAndNoSumWraps() {
    budget.charge(Long.MAX_VALUE - 1);
    budget.charge(Long.MAX_VALUE - 1);
    assertThat(budget.leftTodayBytes()).isZero();
    assertThat(budget.tryTake(1)).isFalse();
    assertThat(budget.tryTake(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void anyOrderOfTakesFailuresAndChargesStaysWithinTheLimit() {
    Random random = new Random(10);
    long inFlight = 0;
    long used = 0;
    for (int i = 0; i < 100_000; i++) {
      int bytes = 1 + random.nextInt(70_000);
      if (random.nextInt(3) > 0 && budget.tryTake(bytes)) {
        used += bytes;
        inFlight = bytes;
      } else if (inFlight > 0) {
        budget.giveBack(inFlight);
        used -= inFlight;
        inFlight = 0;
      }
      assertThat(used).isBetween(0L, LIMIT);
      assertThat(budget.leftTodayBytes()).isEqualTo(LIMIT - used);
    }
  }
}
