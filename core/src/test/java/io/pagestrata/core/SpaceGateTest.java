// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No room made between a ticket and the wait on it is ever missed. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpaceGateTest {
  private static long inADay() {
    return System.nanoTime() + Duration.ofDays(1).toNanos();
  }

  @Test
  void roomMadeBeforeTheWaitEndsIt() throws InterruptedException {
    SpaceGate gate = new SpaceGate();
    long ticket = gate.ticket();
    gate.spaceFreed();
    gate.await(ticket, inADay());
    assertThat(gate.stalls()).isEqualTo(1);
  }

  @Test
  void aWaitEndsAtItsDeadline() throws InterruptedException {
    SpaceGate gate = new SpaceGate();
    gate.await(gate.ticket(), System.nanoTime() - 1);
    gate.await(gate.ticket(), System.nanoTime() + Duration.ofMillis(1).toNanos());
    assertThat(gate.stalls()).isEqualTo(2);
    assertThat(gate.stallNanos()).isPositive();
  }

  @Test
  void interruptionEndsIt() {
    SpaceGate gate = new SpaceGate();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> gate.await(gate.ticket(), inADay()))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void roomMadeOnceWakesAllWhoWait() {
    SpaceGate gate = new SpaceGate();
    long ticket = gate.ticket();
    int waiters = 4;
    List<Threads.Task> tasks = new ArrayList<>();
    for (int i = 0; i < waiters; i++) {
      tasks.add(() -> gate.await(ticket, inADay()));
    }
    tasks.add(
        () -> {
          while (gate.stalls() < waiters) {
            Thread.onSpinWait();
          }
          gate.spaceFreed();
        });
    Threads.run(tasks);
    assertThat(gate.stalls()).isEqualTo(waiters);
  }

  @Test
  void noWakeUpIsLostInALongExchange() {
    SpaceGate gate = new SpaceGate();
    AtomicInteger turn = new AtomicInteger();
    int turns = 20_000;
    Threads.NumberedTask player =
        number -> {
          for (int i = number; i < turns; i += 2) {
            long ticket = gate.ticket();
            while (turn.get() != i) {
              // Hangs for ever, and so fails, if the room announced since the ticket was missed.
              gate.await(ticket, inADay());
              ticket = gate.ticket();
            }
            turn.set(i + 1);
            gate.spaceFreed();
          }
        };
    Threads.run(List.of(() -> player.run(0), () -> player.run(1)));
    assertThat(turn).hasValue(turns);
  }
}
