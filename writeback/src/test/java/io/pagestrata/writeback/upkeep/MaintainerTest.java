// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.writeback.monitor.EventKind;
import io.pagestrata.writeback.monitor.Field;
import io.pagestrata.writeback.testing.FakeLower;
import io.pagestrata.writeback.testing.Rig;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaintainerTest {
  private final Rig rig = new Rig(20);
  private final FakeLower tier = rig.chain.lower;
  private int tidied;
  private final Maintainer maintainer =
      new Maintainer(tier, () -> tidied++, rig.monitor, rig.clock);

  @Test
  void worksWhileThereIsWorkAndTellsTheSum() {
    Deque<Long> steps = new ArrayDeque<>(List.of(100L, 200L, 0L));
    tier.upkeep = steps::poll;
    assertThat(maintainer.doWork()).isEqualTo(1);
    assertThat(maintainer.doWork()).isEqualTo(1);
    assertThat(maintainer.doWork()).isZero();
    assertThat(rig.events(EventKind.CLEANING))
        .singleElement()
        .satisfies(e -> assertThat(e.number(Field.CLEANED)).isEqualTo(300));
  }

  // Such as checks that find nothing wrong: there is nothing to tell, and no room that somebody
  // could wait for.
  @Test
  void stepsThatFreeNothingAreGoneOnWithAndNotTold() {
    Deque<Long> steps = new ArrayDeque<>(List.of(Tier.UNFINISHED, Tier.UNFINISHED, 0L));
    tier.upkeep = steps::poll;
    assertThat(maintainer.doWork()).isEqualTo(1);
    assertThat(maintainer.doWork()).isEqualTo(1);
    assertThat(maintainer.gains()).isZero();
    assertThat(maintainer.rests()).isZero();
    assertThat(maintainer.doWork()).isZero();
    assertThat(maintainer.rests()).isEqualTo(1);
    assertThat(rig.events(EventKind.CLEANING)).isEmpty();
  }

  @Test
  void whatIsFreedAmongThemIsToldAsItIs() {
    Deque<Long> steps = new ArrayDeque<>(List.of(Tier.UNFINISHED, 100L, Tier.UNFINISHED, 50L, 0L));
    tier.upkeep = steps::poll;
    while (!steps.isEmpty()) {
      maintainer.doWork();
    }
    assertThat(rig.events(EventKind.CLEANING))
        .singleElement()
        .satisfies(e -> assertThat(e.number(Field.CLEANED)).isEqualTo(150));
  }

  private double cleanedBytesTold() {
    return rig.events(EventKind.CLEANING).stream().mapToDouble(e -> e.number(Field.CLEANED)).sum();
  }

  // As a tier does whose garbage comes all the time, and goes as fast. Forbidden: a line for each.
  @Test
  void aLittleCleaningNowAndAgainIsOneLinePerInterval() {
    for (int i = 0; i < 1000; i++) {
      tier.upkeep = () -> 7;
      maintainer.doWork();
      rig.clock.advanceMillis(10);
      tier.upkeep = () -> 0;
      maintainer.doWork();
      rig.clock.advanceMillis(15);
    }
    assertThat(rig.events(EventKind.CLEANING)).as("in 25 s").hasSize(3);
    maintainer.onClose();
    assertThat(cleanedBytesTold()).isEqualTo(7000);
    assertThat(rig.events(EventKind.CLEANING))
        .extracting(e -> e.number(Field.TOOK))
        .as("nanoseconds of work, not those between")
        .first()
        .isEqualTo(10e6);
  }

  @Test
  void whatIsLeftUntoldIsToldWhenTheTierRests() {
    Deque<Long> steps = new ArrayDeque<>(List.of(100L, 0L, 50L, 0L));
    tier.upkeep = () -> steps.isEmpty() ? 0 : steps.poll();
    while (!steps.isEmpty()) {
      maintainer.doWork();
    }
    assertThat(cleanedBytesTold()).isEqualTo(100);
    rig.clock.advanceMillis(10_000);
    maintainer.doWork();
    assertThat(cleanedBytesTold()).isEqualTo(150);
  }

  @Test
  void cleaningThatNeverRestsIsToldMeanwhile() {
    tier.upkeep = () -> 7;
    for (int i = 0; i < 350; i++) {
      maintainer.doWork();
      rig.clock.advanceMillis(100);
    }
    assertThat(rig.events(EventKind.CLEANING))
        .hasSize(3)
        .allSatisfy(e -> assertThat(e.number(Field.TOOK)).isEqualTo(10e9));
  }

  @Test
  void tellsOnceHowTheOpeningWent() {
    tier.recovery = new RecoveryStats(false, 5_000_000, 70, 2, 4, 3, 1000);
    Maintainer reopened = new Maintainer(tier, () -> {}, rig.monitor, rig.clock);
    reopened.doWork();
    reopened.doWork();
    assertThat(rig.events(EventKind.RECOVERY))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.text(Field.KIND)).isEqualTo("index");
              assertThat(e.number(Field.SEGMENTS)).isEqualTo(4);
              assertThat(e.number(Field.PAGES)).isEqualTo(70);
              assertThat(e.number(Field.DAMAGED)).isEqualTo(2);
              assertThat(e.number(Field.TOOK)).isEqualTo(5_000_000);
            });
    maintainer.doWork();
    assertThat(rig.events(EventKind.RECOVERY)).as("of a store that began empty").hasSize(1);
  }

  @Test
  void ioErrorIsToldOnceAndTriedAgainLater() {
    tier.upkeep =
        () -> {
          throw new IOException("EIO");
        };
    for (int i = 0; i < 50; i++) {
      assertThat(maintainer.doWork()).isZero();
      rig.clock.advanceMillis(100);
    }
    assertThat(rig.events(EventKind.TIER_ERROR)).hasSize(1);
    tier.upkeep = () -> 0;
    rig.clock.advanceMillis(1000);
    maintainer.doWork();
    assertThat(rig.events(EventKind.TIER_RECOVERED))
        .singleElement()
        .satisfies(e -> assertThat(e.number(Field.TOOK)).isEqualTo(6e9));
  }

  @Test
  void tidiesUpOnceASecondWhateverTheTierDoes() {
    tier.upkeep = () -> 1;
    for (int i = 0; i < 10; i++) {
      maintainer.doWork();
    }
    assertThat(tidied).isZero();
    rig.clock.advanceMillis(1000);
    maintainer.doWork();
    maintainer.doWork();
    assertThat(tidied).isEqualTo(1);
    tier.upkeep =
        () -> {
          throw new IOException("EIO");
        };
    rig.clock.advanceMillis(1000);
    maintainer.doWork();
    assertThat(tidied).isEqualTo(2);
  }

  @Test
  void sleepsLongerTheLongerThereIsNothingToDo() {
    long before = maintainer.idleNanos();
    maintainer.doWork();
    maintainer.doWork();
    assertThat(maintainer.idleNanos()).isGreaterThan(before);
    tier.upkeep = () -> 1;
    maintainer.doWork();
    assertThat(maintainer.idleNanos()).isEqualTo(before);
  }
}
