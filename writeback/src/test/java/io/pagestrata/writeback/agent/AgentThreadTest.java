// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgentThreadTest {
  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private AgentThread thread;

  private Signal start(IntSupplier duty) {
    Signal signal = new Signal();
    Agent agent =
        new Agent() {
          @Override
          public String roleName() {
            return "test";
          }

          @Override
          public int doWork() {
            return duty.getAsInt();
          }

          @Override
          public long idleNanos() {
            return LONG_NANOS;
          }

          @Override
          public Signal signal() {
            return signal;
          }

          @Override
          public void onClose() {
            closed.countDown();
          }
        };
    thread = new AgentThread(agent, Thread::new, (role, error) -> errors.add(role + error));
    thread.start();
    return signal;
  }

  @AfterEach
  void threadEnds() {
    thread.stop();
    assertThat(thread.join(LONG_NANOS)).isTrue();
    assertThat(closed.getCount()).isZero();
  }

  @Test
  void ringEndsALongSleep() throws InterruptedException {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(2);
    Signal signal =
        start(
            () -> {
              first.countDown();
              second.countDown();
              return 0;
            });
    assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
    signal.ring();
    assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void exceptionIsReportedAndTheDutyGoesOn() throws InterruptedException {
    CountDownLatch twice = new CountDownLatch(2);
    start(
        () -> {
          twice.countDown();
          throw new IllegalStateException("broke");
        });
    assertThat(twice.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(errors.get(0)).startsWith("test").contains("broke");
  }

  @Test
  void threadIsANamedDaemon() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    List<Thread> threads = new CopyOnWriteArrayList<>();
    start(
        () -> {
          threads.add(Thread.currentThread());
          ran.countDown();
          return 0;
        });
    assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(threads.get(0).isDaemon()).isTrue();
    assertThat(threads.get(0).getName()).isEqualTo("pagestrata-test");
  }

  @Test
  void ringBeforeTheSleepIsNotLost() throws InterruptedException {
    CountDownLatch twice = new CountDownLatch(2);
    Signal[] own = new Signal[1];
    CountDownLatch ready = new CountDownLatch(1);
    own[0] =
        start(
            () -> {
              try {
                ready.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              if (twice.getCount() == 2) {
                own[0].ring();
              }
              twice.countDown();
              return 0;
            });
    ready.countDown();
    assertThat(twice.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void noRingOfManyThreadsIsLost() throws InterruptedException {
    AtomicLong given = new AtomicLong();
    AtomicLong seen = new AtomicLong();
    Signal signal =
        start(
            () -> {
              // Nothing to do, as far as the thread can tell, so it sleeps for a minute unless
              // rung.
              seen.set(given.get());
              return 0;
            });
    Thread[] ringers = new Thread[2];
    for (int i = 0; i < ringers.length; i++) {
      ringers[i] =
          new Thread(
              () -> {
                for (int ring = 0; ring < 20_000; ring++) {
                  given.incrementAndGet();
                  signal.ring();
                }
              });
      ringers[i].start();
    }
    for (Thread ringer : ringers) {
      ringer.join();
    }
    long deadline = System.nanoTime() + LONG_NANOS / 2;
    while (seen.get() != given.get() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(seen).hasValue(given.get());
  }
}
