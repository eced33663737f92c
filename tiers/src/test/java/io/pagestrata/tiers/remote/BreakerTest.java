// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.tiers.remote.RemoteFailure.Kind;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private long now;
  private final Breaker breaker = new Breaker(() -> now);

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void oneTimeoutAfterAnAnswerMeansNothing() {
    for (int i = 0; i < 10; i++) {
      breaker.failed(Kind.UNKNOWN);
      breaker.failed(Kind.UNKNOWN);
      breaker.answered();
    }
    assertThat(breaker.isOpen()).isFalse();
    breaker.failed(Kind.FULL);
    assertThat(breaker.isOpen()).isFalse();
    for (int i = 0; i < 3; i++) {
      breaker.failed(Kind.UNKNOWN);
    }
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void aServerThatComesBackOnceIsUsedAtOnce() {
    breaker.failed(Kind.DOWN);
    breaker.close();
    assertThat(breaker.isOpen()).isFalse();
    assertThat(breaker.isFlapping()).isFalse();
    assertThat(breaker.isClosedFor(1)).isFalse();
    pass(1);
    assertThat(breaker.isClosedFor(1)).isTrue();
  }

  // Up for a second, down for a second, for ten minutes: the more often it went, the longer it is
  // kept out, but never so long that its pages would move away.
  @Test
  void aServerThatFlapsIsBelievedLessAndLess() {
    int opened = 0;
    long longestMillis = 0;
    long openMillis = 0;
    for (int millis = 0; millis < 600_000; millis += 100) {
      boolean up = millis / 1000 % 2 == 0;
      if (up) {
        breaker.close();
      } else if (!breaker.isOpen()) {
        breaker.failed(Kind.DOWN);
        opened++;
      }
      openMillis = breaker.isOpen() ? openMillis + 100 : 0;
      longestMillis = Math.max(longestMillis, openMillis);
      pass(100);
    }
    assertThat(opened).as("times that it was believed, of 300").isBetween(10, 50);
    assertThat(longestMillis).isBetween(16_000L, 20_000L);
    assertThat(breaker.isFlapping()).isTrue();

    pass(20_000);
    breaker.close();
    assertThat(breaker.isOpen()).isFalse();
    pass(60_000);
    assertThat(breaker.isFlapping()).as("after a calm minute").isFalse();
    breaker.failed(Kind.DOWN);
    breaker.close();
    assertThat(breaker.isOpen()).as("after a calm minute").isFalse();
  }
}
