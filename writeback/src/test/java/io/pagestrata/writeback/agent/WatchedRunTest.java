// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clock moves by a second at each look. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchedRunTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicLong seconds = new AtomicLong();
  private final AtomicReference<Thread> made = new AtomicReference<>();

  private WatchedRun start(LongSupplier progress) {
    return new WatchedRun(
        "test",
        this::hang,
        progress,
        run -> {
          made.set(new Thread(run));
          return made.get();
        },
        () -> TimeUnit.SECONDS.toNanos(seconds.incrementAndGet()));
  }

  private void hang() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    end.countDown();
    made.get().join();
  }

  @Test
  void itIsGivenUpWhenItDoesNotGetOn() {
    assertThat(start(() -> 7).await(PATIENCE)).isFalse();
    assertThat(made.get().isAlive()).isTrue();
    assertThat(made.get().isDaemon()).as("keeps no process alive").isTrue();
  }

  @Test
  void itIsWaitedForAsLongAsItGetsOn() {
    AtomicLong looks = new AtomicLong();
    WatchedRun run =
        start(
            () -> {
              long look = looks.incrementAndGet();
              if (look == 4 * PATIENCE.toSeconds()) {
                end.countDown();
              }
              return look / 2;
            });
    assertThat(run.await(PATIENCE)).isTrue();
    assertThat(seconds.get()).isGreaterThan(2 * PATIENCE.toSeconds());
  }

  @Test
  void anInterruptIsKeptForTheCaller() {
    WatchedRun run = start(() -> 7);
    Thread.currentThread().interrupt();
    assertThat(run.await(PATIENCE)).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }
}
