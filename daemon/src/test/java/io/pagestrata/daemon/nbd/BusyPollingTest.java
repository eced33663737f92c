// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import org.junit.jupiter.api.Test;

class BusyPollingTest {
  private static final int SLEEPS = SelectStrategy.SELECT;
  private static final int POLLS = SelectStrategy.CONTINUE;
  private static final long SHORT = BusyPolling.INTERRUPTED_NANOS;
  private static final long LONG = BusyPolling.POLL_NANOS;

  private long nanos;
  private boolean workersRest = true;
  private int ready;
  private int looks;

  private BusyPolling polling(int cores) {
    return new BusyPolling(() -> nanos, cores, () -> workersRest);
  }

  private int ask(SelectStrategy loop, boolean hasTasks) throws Exception {
    return loop.calculateStrategy(
        () -> {
          looks++;
          return ready;
        },
        hasTasks);
  }

  /** Ends the pause of a loop with a task after a while; gives what it decides in the next one. */
  private int nextPause(SelectStrategy loop, long afterNanos) throws Exception {
    nanos += afterNanos;
    ask(loop, true);
    return ask(loop, false);
  }

  private SelectStrategy sleepingLoop(BusyPolling polling) throws Exception {
    SelectStrategy loop = polling.newLoop();
    assertThat(ask(loop, false)).isEqualTo(SLEEPS);
    return loop;
  }

  @Test
  void sleepsAtOnceWhileRequestsComeSeldom() throws Exception {
    SelectStrategy loop = sleepingLoop(polling(2));
    for (int i = 0; i < 3; i++) {
      nanos += LONG;
      assertThat(ask(loop, false)).isEqualTo(SLEEPS);
    }
    assertThat(looks).as("system calls that a sleeper does not need").isZero();
  }

  @Test
  void pollsOnceASleepWasShort() throws Exception {
    SelectStrategy loop = sleepingLoop(polling(2));
    nanos += SHORT;
    assertThat(ask(loop, false)).isEqualTo(POLLS);
    nanos += SHORT;
    ready = 3;
    assertThat(ask(loop, false)).as("events found by polling").isEqualTo(3);
    ready = 0;
    nanos += SHORT;
    assertThat(ask(loop, false)).as("the next pause").isEqualTo(POLLS);
  }

  @Test
  void sleepsAfterPollingInVainAndThenSleepsAtOnce() throws Exception {
    SelectStrategy loop = sleepingLoop(polling(2));
    assertThat(nextPause(loop, SHORT)).isEqualTo(POLLS);
    for (long left = LONG - SHORT; left > 0; left -= SHORT) {
      nanos += SHORT;
      assertThat(ask(loop, false)).isEqualTo(POLLS);
    }
    nanos += SHORT;
    assertThat(ask(loop, false)).isEqualTo(SLEEPS);
    nanos += SHORT;
    assertThat(ask(loop, false)).as("the whole pause counts, not the sleep").isEqualTo(SLEEPS);
  }

  @Test
  void neverSleepsOverTasks() throws Exception {
    SelectStrategy loop = sleepingLoop(polling(2));
    nanos += SHORT;
    assertThat(ask(loop, true)).isZero();
    ready = 2;
    assertThat(ask(loop, true)).isEqualTo(2);
    ready = 0;
    assertThat(ask(loop, false)).isEqualTo(POLLS);
    nanos += SHORT;
    assertThat(ask(loop, true)).as("a task ends the pause").isZero();
    assertThat(ask(loop, false)).as("and the next one is polled through").isEqualTo(POLLS);
  }

  @Test
  void leavesTheCoresToWorkers() throws Exception {
    SelectStrategy loop = sleepingLoop(polling(2));
    workersRest = false;
    assertThat(nextPause(loop, SHORT)).isEqualTo(SLEEPS);
    workersRest = true;
    assertThat(nextPause(loop, SHORT)).isEqualTo(POLLS);
  }

  @Test
  void keepsHalfOfTheCoresFree() throws Exception {
    BusyPolling polling = polling(2);
    SelectStrategy one = sleepingLoop(polling);
    nanos += BusyPolling.AWAKE_NANOS;
    SelectStrategy two = sleepingLoop(polling);
    assertThat(nextPause(two, SHORT)).as("the other sleeps for long").isEqualTo(POLLS);
    nextPause(one, SHORT);
    assertThat(nextPause(one, SHORT)).as("the other is awake").isEqualTo(SLEEPS);
    assertThat(nextPause(two, SHORT)).as("so is this").isEqualTo(SLEEPS);
  }

  @Test
  void leavesTheCoreAloneForLongerEachTimeAnotherThreadNeededIt() throws Exception {
    SelectStrategy loop = sleepingLoop(polling(2));
    for (int time = 1; time <= 4; time *= 2) {
      assertThat(nextPause(loop, SHORT)).isEqualTo(POLLS);
      nanos += SHORT + 1;
      assertThat(ask(loop, false)).as("after a look that took too long").isEqualTo(SLEEPS);
      nextPause(loop, time * BusyPolling.LEAST_CROWDED_NANOS - 2 * SHORT);
      assertThat(nextPause(loop, SHORT)).isEqualTo(SLEEPS);
    }
    nextPause(loop, SHORT);
    ready = 1;
    for (int i = 0; i < BusyPolling.CALM_LOOKS; i++) {
      assertThat(ask(loop, false)).isEqualTo(1);
      ready = 1 - ready;
      assertThat(ask(loop, false)).isEqualTo(POLLS);
      ready = 1 - ready;
    }
    nanos += SHORT + 1;
    assertThat(ask(loop, false)).isEqualTo(1);
    ready = 0;
    assertThat(ask(loop, false)).isEqualTo(SLEEPS);
    nextPause(loop, BusyPolling.LEAST_CROWDED_NANOS);
    assertThat(nextPause(loop, SHORT)).as("calm was restored before").isEqualTo(POLLS);
  }

  @Test
  void aSingleCoreIsNeverPolledOn() throws Exception {
    assertThat(nextPause(sleepingLoop(polling(1)), SHORT)).isEqualTo(SLEEPS);
  }
}
