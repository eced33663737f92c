// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.PageStamp;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A put without room waits at the gate, boundedly, and ends in one of the documented ways. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PutWaitTest {
  private static final Duration SHORT = Duration.ofMillis(5);
  private static final Duration VERY_LONG = Duration.ofDays(1);

  private static PutOutcome put(StoreRig rig, int index) {
    byte[] page = PageStamp.page(rig.pageBytes, 1, index, 1);
    return rig.store.put(rig.swap, 1, index, page, 0);
  }

  @Test
  void refusesOnceTheWaitIsOver() {
    try (StoreRig rig = StoreRig.builder().putWait(SHORT).open()) {
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(put(rig, 0)).isEqualTo(PutOutcome.REFUSED_FULL);
      assertThat(rig.store.stats().putsRefusedFull()).isEqualTo(1);
      assertThat(rig.store.stats().stalls()).isPositive().isEqualTo(rig.store.stalls());
      assertThat(rig.store.stats().stallNanos()).isPositive();
      assertThat(rig.writeback.wakes.get()).isPositive();
    }
  }

  @Test
  void refusesEvenWhenRoomIsAnnouncedAllTheTimeAndGoesToOthers() {
    try (StoreRig rig = StoreRig.builder().putWait(SHORT).open()) {
      rig.refusePuts(() -> rig.top().host().spaceFreed());
      assertThat(put(rig, 0)).isEqualTo(PutOutcome.REFUSED_FULL);
    }
  }

  @Test
  void refusesAtOnceWhereNobodyCanMakeRoom() {
    try (StoreRig rig = StoreRig.builder().tiers(1).putWait(VERY_LONG).open()) {
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(put(rig, 0)).isEqualTo(PutOutcome.REFUSED_FULL);
      assertThat(rig.store.stats().stalls()).isZero().isEqualTo(rig.store.stalls());
    }
  }

  /** A put beside which something happens once the full tier has refused it. */
  private static void putBeside(StoreRig rig, Threads.Task put, Threads.Task onceRefused) {
    CountDownLatch refused = new CountDownLatch(1);
    rig.refusePuts(refused::countDown);
    Threads.run(
        List.of(
            put,
            () -> {
              refused.await();
              onceRefused.run();
            }));
  }

  /** A put into a full store of one tier that is making room, until the end of that. */
  private static PutOutcome putUntil(StoreRig rig, Runnable endOfCleaning) {
    AtomicReference<PutOutcome> outcome = new AtomicReference<>();
    rig.top().faults.makingRoom = true;
    putBeside(
        rig,
        () -> outcome.set(put(rig, 0)),
        () -> {
          endOfCleaning.run();
          rig.top().faults.makingRoom = false;
          rig.top().host().spaceFreed();
        });
    return outcome.get();
  }

  @Test
  void waitsWhereTheOnlyTierIsMakingRoom() {
    try (StoreRig rig = StoreRig.builder().tiers(1).putWait(VERY_LONG).open()) {
      assertThat(putUntil(rig, () -> rig.top().faults.refuse())).isEqualTo(PutOutcome.STORED);
      assertThat(rig.writeback.wakes.get()).as("whoever cleans is woken").isPositive();
    }
  }

  @Test
  void refusesAsSoonAsTheOnlyTierHasMadeAllTheRoomThereIs() {
    try (StoreRig rig = StoreRig.builder().tiers(1).putWait(VERY_LONG).open()) {
      assertThat(putUntil(rig, () -> {})).isEqualTo(PutOutcome.REFUSED_FULL);
    }
  }

  @Test
  void triesAgainWhenRoomCameBetweenItsTryAndItsLook() {
    try (StoreRig rig = StoreRig.builder().tiers(1).putWait(VERY_LONG).open()) {
      rig.refusePuts(
          () -> {
            rig.top().faults.refuse();
            rig.top().host().spaceFreed();
          });
      assertThat(put(rig, 0)).isEqualTo(PutOutcome.STORED);
    }
  }

  @Test
  void refusesAtTheEndOfItsWaitThoughTheOnlyTierStillPromisesRoom() {
    try (StoreRig rig = StoreRig.builder().tiers(1).putWait(SHORT).open()) {
      rig.top().faults.makingRoom = true;
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(put(rig, 0)).isEqualTo(PutOutcome.REFUSED_FULL);
      assertThat(rig.store.stats().stalls()).isPositive();
    }
  }

  @Test
  void waitsOnlyBrieflyWhenTheTierBelowTakesNothingEither() {
    for (TierState state : List.of(TierState.FULL, TierState.READ_ONLY, TierState.CLOSED)) {
      try (StoreRig rig = StoreRig.builder().putWait(VERY_LONG).open()) {
        rig.below().faults.state = state;
        rig.top().faults.refuse(StoreIntent.PUT);
        assertThat(put(rig, 0)).isEqualTo(PutOutcome.REFUSED_FULL);
      }
    }
  }

  @Test
  void waitsFullyWhenAFullTierBelowIsRelievedByTheNext() {
    Duration wait = Duration.ofMillis(300);
    try (StoreRig rig = StoreRig.builder().tiers(3).putWait(wait).open()) {
      rig.tiers.get(1).faults.state = TierState.FULL;
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(put(rig, 0)).isEqualTo(PutOutcome.REFUSED_FULL);
      assertThat(rig.store.stats().stallNanos()).isGreaterThan(wait.toNanos() * 9 / 10);
    }
  }

  @Test
  void waitsOnlyBrieflyWhenEveryTierBelowIsFull() {
    try (StoreRig rig = StoreRig.builder().tiers(3).putWait(VERY_LONG).open()) {
      rig.tiers.get(1).faults.state = TierState.FULL;
      rig.tiers.get(2).faults.state = TierState.FULL;
      rig.top().faults.refuse(StoreIntent.PUT);
      assertThat(put(rig, 0)).isEqualTo(PutOutcome.REFUSED_FULL);
    }
  }

  @Test
  void succeedsWhenRoomIsMadeWhileItWaits() {
    try (StoreRig rig = StoreRig.builder().putWait(VERY_LONG).open()) {
      putBeside(
          rig,
          () -> assertThat(put(rig, 0)).isEqualTo(PutOutcome.STORED),
          () -> {
            rig.top().faults.refuse();
            rig.top().host().spaceFreed();
          });
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(1);
    }
  }

  @Test
  void isWokenByCloseAndSaysSo() {
    try (StoreRig rig = StoreRig.builder().putWait(VERY_LONG).open()) {
      putBeside(
          rig,
          () -> assertThatThrownBy(() -> put(rig, 0)).isInstanceOf(StoreClosedException.class),
          rig.store::close);
    }
  }

  @Test
  void interruptedIsRefusedAtOnceAndStaysInterrupted() {
    try (StoreRig rig = StoreRig.builder().putWait(VERY_LONG).open()) {
      rig.top().faults.refuse(StoreIntent.PUT);
      Thread.currentThread().interrupt();
      PutOutcome outcome = put(rig, 0);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(outcome).isEqualTo(PutOutcome.REFUSED_FULL);
    }
  }

  @Test
  void endsWhenItsPoolIsDestroyedMeanwhileAndLeavesNoPageTable() {
    try (StoreRig rig = StoreRig.builder().putWait(VERY_LONG).open()) {
      Pool doomed = rig.store.createPool("doomed", PoolKind.PERSISTENT);
      assertThat(rig.put(rig.swap, 1, 0, 1)).isTrue();
      long before = rig.budget.usedBytes();
      rig.refusePuts(
          () -> {
            if (!doomed.isDestroyed()) {
              rig.store.destroyPool(doomed);
              rig.budget.release(laneBytes(rig, before));
            }
          });
      byte[] page = PageStamp.page(rig.pageBytes, 1, 0, 1);
      assertThatThrownBy(() -> rig.store.put(doomed, 1, 0, page, 0))
          .isInstanceOf(PoolDestroyedException.class)
          .hasMessage("pool 'doomed' was destroyed");
      assertThat(rig.budget.usedBytes()).isEqualTo(before);
    }
  }

  /** Destroying from within a put takes a second lane, the only thing charged beside the leaf. */
  private static long laneBytes(StoreRig rig, long before) {
    return rig.budget.usedBytes() - before;
  }
}
