// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Days, rates and clocks of a write budget, with both clocks in the test's hands. */
class WriteBudgetTest {
  private static final Instant MORNING = Instant.parse("2026-03-01T06:00:00Z");

  private final ManualClock nanos = new ManualClock();
  private final AtomicReference<Instant> wall = new AtomicReference<>(MORNING);

  private WriteBudget perDay(long bytes) {
    return new WriteBudget("file", WriteBudget.NO_LIMIT, bytes, nanos, wall::get);
  }

  private WriteBudget perSecond(long bytes) {
    return new WriteBudget("file", bytes, WriteBudget.NO_LIMIT, nanos, wall::get);
  }

  private void pass(Duration time) {
    nanos.advance(time.toNanos());
    wall.set(wall.get().plus(time));
  }

  @Test
  void aDayEndsAtMidnightOfUtc() {
    WriteBudget budget = perDay(1000);
    assertThat(budget.tryTake(1000)).isTrue();
    assertThat(budget.isUsedUp()).isTrue();
    pass(Duration.ofHours(18).minusNanos(1));
    assertThat(budget.tryTake(1)).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(budget.isUsedUp()).isFalse();
    assertThat(budget.tryTake(1000)).isTrue();
    assertThat(budget.stats().refusals()).isEqualTo(1);
  }

  @Test
  void aClockSetBackGivesNothingTwiceAndHoldsBackForADayAtMost() {
    WriteBudget budget = perDay(1000);
    budget.tryTake(1000);
    wall.set(MORNING.minus(Duration.ofDays(400)));
    assertThat(budget.tryTake(1)).isFalse();
    nanos.advance(Duration.ofDays(1).toNanos() - 1);
    assertThat(budget.tryTake(1)).isFalse();
    nanos.advance(1);
    assertThat(budget.tryTake(1000)).isTrue();
  }

  /** The day that the monotonic clock began is over when the wall clock has it. */
  @Test
  void aClockSetBackForADayAndPutRightGivesNothingTwice() {
    WriteBudget budget = perDay(1000);
    wall.set(MORNING.minus(Duration.ofHours(1)));
    pass(Duration.ofDays(1));
    assertThat(budget.tryTake(1000)).isTrue();
    wall.set(wall.get().plus(Duration.ofHours(1)));
    pass(Duration.ofHours(17));
    assertThat(budget.tryTake(1)).as("yesterday's midnight").isFalse();

    wall.set(MORNING.minus(Duration.ofDays(400)));
    nanos.advance(Duration.ofDays(1).toNanos());
    assertThat(budget.tryTake(1000)).isTrue();
    wall.set(MORNING.plus(Duration.ofDays(2)));
    assertThat(budget.tryTake(1)).isFalse();
  }

  @Test
  void whatWasUsedBeforeARestartCountsOnTheSameDayOnly() {
    WriteBudget before = perDay(1000);
    before.tryTake(700);
    WriteBudgetStats kept = before.stats();

    WriteBudget sameDay = perDay(1000);
    sameDay.restore(kept.epochDay(), kept.usedTodayBytes());
    assertThat(sameDay.leftTodayBytes()).isEqualTo(300);

    pass(Duration.ofDays(1));
    WriteBudget nextDay = perDay(1000);
    nextDay.restore(kept.epochDay(), kept.usedTodayBytes());
    assertThat(nextDay.leftTodayBytes()).isEqualTo(1000);
  }

  @Test
  void aDayInTheFutureCountsAsTodayForADay() {
    WriteBudget budget = perDay(1000);
    budget.restore(budget.stats().epochDay() + 4000, 900);
    assertThat(budget.leftTodayBytes()).isEqualTo(100);
    pass(Duration.ofDays(1));
    assertThat(budget.leftTodayBytes()).isEqualTo(1000);
  }

  @Test
  void whatIsGivenBackMayBeTakenAgain() {
    WriteBudget budget = perDay(1000);
    budget.tryTake(800);
    assertThat(budget.tryTake(800)).isFalse();
    budget.giveBack(800);
    assertThat(budget.isUsedUp()).isFalse();
    assertThat(budget.tryTake(1000)).isTrue();
  }

  @Test
  void givingBackAfterMidnightGivesNoMoreThanADay() {
    WriteBudget budget = perDay(1000);
    budget.tryTake(800);
    pass(Duration.ofDays(1));
    budget.giveBack(800);
    assertThat(budget.leftTodayBytes()).isEqualTo(1000);
  }

  @Test
  void aWriteLargerThanASecondPassesAndTheNextWaitsForTheDebt() {
    WriteBudget budget = perSecond(1000);
    assertThat(budget.pauseNanos()).isZero();
    assertThat(budget.tryTake(3500)).isTrue();
    assertThat(budget.pauseNanos()).isEqualTo(Duration.ofMillis(2500).toNanos());
    pass(Duration.ofMillis(2500));
    assertThat(budget.pauseNanos()).isZero();
    pass(Duration.ofHours(5));
    budget.tryTake(1001);
    assertThat(budget.pauseNanos()).as("idle hours save a second, no more").isPositive();
  }

  @Test
  void overManyWritesTheRateIsKept() {
    WriteBudget budget = perSecond(10_000);
    Random random = new Random(17);
    long written = 0;
    long start = nanos.getAsLong();
    for (int i = 0; i < 10_000; i++) {
      nanos.advance(budget.pauseNanos());
      long bytes = 1 + random.nextInt(5000);
      budget.tryTake(bytes);
      written += bytes;
    }
    nanos.advance(budget.pauseNanos());
    double seconds = (nanos.getAsLong() - start) / 1e9;
    assertThat(written).isLessThanOrEqualTo((long) ((seconds + 1) * 10_000) + 1);
    assertThat(written).isGreaterThan((long) (seconds * 10_000));
  }

  @Test
  void withoutLimitsNothingIsCounted() {
    WriteBudget budget = WriteBudget.UNLIMITED;
    assertThat(budget.tryTake(Long.MAX_VALUE)).isTrue();
    budget.charge(Long.MAX_VALUE);
    assertThat(budget.isUsedUp()).isFalse();
    assertThat(budget.leftTodayBytes()).isEqualTo(WriteBudget.NO_LIMIT);
    assertThat(budget.pauseNanos()).isZero();
  }
}
