// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreOracle;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.StoreIntent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A sync that meets a page which is out of reach or lost: what it says, and what it writes. */
class SyncLossesTest {
  private static final int PAYLOAD_BIT = 400;

  /** Page 0 in a tier in the middle that keeps the only copy, page 1 in the top tier. */
  private static StoreRig open() {
    StoreRig rig =
        StoreRig.builder().lossyMiddle().topKind(HeapTier.Kind.PLAIN).log(new HeapLog()).open();
    rig.lossy.mirrored = false;
    assertThat(rig.put(rig.swap, 1, 0, 10)).isTrue();
    rig.writeback.demote(0, true);
    assertThat(rig.put(rig.swap, 1, 1, 11)).isTrue();
    assertThat(rig.below().liveZpages()).isOne();
    return rig;
  }

  @Test
  void aPageOutOfReachFailsTheSyncAndTheOthersAreOnTheMedium() {
    try (StoreRig rig = open()) {
      rig.below().faults.failReads(true);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(rig.store::sync)
            .isInstanceOf(TierFailureException.class)
            .hasMessageContaining("told to fail");
        assertThat(rig.bottom().liveZpages()).as("page 1").isOne();
      }
      rig.below().faults.failReads(false);
      rig.store.sync();
      assertThat(rig.bottom().liveZpages()).isEqualTo(2);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(10);
    }
  }

  // Forbidden: a store in which nothing can be made to survive any more since one page is lost, and
  // one in which a sync succeeds and nothing on the medium says that the page is lost.
  @Test
  void aLostPageFailsOneSyncAndIsWrittenDownAsLostByTheNext() {
    try (StoreRig rig = open()) {
      rig.lossy.lost = true;
      assertThatThrownBy(rig.store::sync)
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("told to lose it");
      assertThat(rig.bottom().liveZpages()).as("page 1").isOne();
      rig.store.sync();
      assertThat(rig.bottom().liveZpages()).isEqualTo(2);
      assertThat(rig.below().liveZpages()).as("what is left of the lost one").isZero();
      assertThatThrownBy(() -> rig.get(rig.swap, 1, 0))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("lost");
      assertThat(rig.put(rig.swap, 1, 0, 12)).isTrue();
      rig.store.sync();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(12);
      StoreOracle.check(rig);
    }
  }

  @Test
  void aLostPageThatIsPutBeforeTheNextSyncIsWhatWasPut() {
    try (StoreRig rig = open()) {
      rig.lossy.lost = true;
      assertThatThrownBy(rig.store::sync).isInstanceOf(CorruptPageException.class);
      assertThat(rig.put(rig.swap, 1, 0, 12)).isTrue();
      rig.store.sync();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(12);
    }
  }

  /** Page 0 in the top tier, damaged there, and page 1, which is not. */
  private static StoreRig openDamaged(HeapLog log) {
    StoreRig rig = StoreRig.builder().topKind(HeapTier.Kind.PLAIN).log(log).open();
    assertThat(rig.put(rig.swap, 1, 0, 10)).isTrue();
    rig.top().flipBit(rig.top().liveLocators().get(0), PAYLOAD_BIT);
    assertThat(rig.put(rig.swap, 1, 1, 11)).isTrue();
    return rig;
  }

  private static void assertTold(StoreRig rig) {
    assertThatThrownBy(rig.store::sync)
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("page 0 of object 1")
        .hasMessageContaining("checksum");
  }

  private static void assertLost(StoreRig rig) {
    assertThatThrownBy(() -> rig.get(rig.swap, 1, 0))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("lost");
    assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(11);
  }

  // Forbidden: each sync is told again of a page that cleaning has moved meanwhile.
  @Test
  void aDamagedPageThatMovesIsToldOnce() {
    try (StoreRig rig = openDamaged(new HeapLog())) {
      assertTold(rig);
      assertThat(rig.bottom().liveZpages()).as("page 1").isOne();
      assertThat(rig.top().maintain()).as("zpages moved").isEqualTo(2);
      rig.store.sync();
      assertThat(rig.bottom().liveZpages()).isEqualTo(2);
      assertLost(rig);
    }
  }

  @Test
  void aPageThatIsPutAgainAndDamagedAgainIsToldAgain() {
    try (StoreRig rig = openDamaged(new HeapLog())) {
      assertTold(rig);
      long before = rig.top().liveLocators().stream().mapToLong(it -> it).max().orElseThrow();
      assertThat(rig.put(rig.swap, 1, 0, 12)).isTrue();
      rig.top().liveLocators().stream()
          .filter(it -> it > before)
          .forEach(it -> rig.top().flipBit(it, PAYLOAD_BIT));
      assertTold(rig);
      rig.store.sync();
      assertLost(rig);
    }
  }

  // Forbidden: a sync of the upkeep hears that a page is lost, and the next one of a user succeeds.
  @Test
  void aSyncThatNobodyHearsSucceedsAndTheNextOneTells() throws IOException {
    try (StoreRig rig = openDamaged(new HeapLog())) {
      rig.bottom().host().sync();
      assertThat(rig.bottom().liveZpages()).as("page 1, and that page 0 is lost").isEqualTo(2);
      rig.bottom().host().sync();
      assertTold(rig);
      rig.store.sync();
      assertLost(rig);
    }
  }

  @Test
  void aLostPageThatIsPutAfterASyncThatNobodyHeardIsNotTold() throws IOException {
    try (StoreRig rig = openDamaged(new HeapLog())) {
      rig.bottom().host().sync();
      assertThat(rig.put(rig.swap, 1, 0, 12)).isTrue();
      rig.store.sync();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(12);
    }
  }

  @Test
  void aLostPageThatIsRemovedAfterASyncThatNobodyHeardIsNotTold() throws IOException {
    try (StoreRig rig = openDamaged(new HeapLog())) {
      rig.bottom().host().sync();
      rig.store.flush(rig.swap, 1, 0);
      rig.store.sync();
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(-1);
    }
  }

  /** The first part finds no room, neither for that the page is lost nor below. */
  @Test
  void aPageThatWasToldIsNotToldAgainByASyncInParts() {
    HeapLog log = new HeapLog();
    try (StoreRig rig = openDamaged(log)) {
      assertTold(rig);
      assertThat(rig.put(rig.swap, 1, 1, 11)).isTrue();
      rig.top().faults.refuse(StoreIntent.RECLAIM);
      log.fullBatches = 1;
      log.onAppend(() -> rig.top().faults.refuse());
      rig.store.sync();
      assertLost(rig);
    }
  }

  @Test
  void withoutRoomToSayThatAPageIsLostItIsToldAgain() {
    try (StoreRig rig = openDamaged(new HeapLog())) {
      rig.top().faults.refuse(StoreIntent.RECLAIM);
      assertTold(rig);
      assertTold(rig);
      rig.top().faults.refuse();
      rig.store.sync();
      assertLost(rig);
    }
  }

  // Forbidden: of two callers that wait for one sync the second is told that all is well.
  @Test
  void whoSharesASyncThatFailedIsToldToo() {
    HeapLog log = new HeapLog();
    try (StoreRig rig = StoreRig.builder().topKind(HeapTier.Kind.PLAIN).log(log).open()) {
      assertThat(rig.put(rig.swap, 1, 1, 11)).isTrue();
      AtomicInteger told = new AtomicInteger();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        callers.add(new Thread(() -> countIfTold(rig, told)));
      }
      log.onAppend(
          () -> {
            log.onAppend(() -> {});
            assertThat(rig.put(rig.swap, 1, 0, 10)).isTrue();
            long newest = rig.top().liveLocators().stream().mapToLong(it -> it).max().orElseThrow();
            rig.top().flipBit(newest, PAYLOAD_BIT);
            callers.forEach(Thread::start);
            callers.forEach(SyncLossesTest::untilItWaits);
          });
      rig.store.sync();
      for (Thread caller : callers) {
        join(caller);
      }
      assertThat(told).hasValue(2);
      rig.store.sync();
      assertLost(rig);
    }
  }

  private static void countIfTold(StoreRig rig, AtomicInteger told) {
    try {
      rig.store.sync();
    } catch (CorruptPageException e) {
      told.incrementAndGet();
    }
  }

  private static void untilItWaits(Thread caller) {
    while (caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void join(Thread caller) {
    try {
      caller.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // Forbidden: no sync of any page succeeds any more, since what several pages share is lost.
  @Test
  void aLostContentFailsOneSync() {
    try (StoreRig rig =
        StoreRig.builder()
            .topKind(HeapTier.Kind.PLAIN)
            .anonymousPages()
            .policies(StorePolicies.DEFAULT.with(Deduplication.POOL))
            .log(new HeapLog())
            .open()) {
      for (int i = 0; i < 3; i++) {
        assertThat(rig.put(rig.swap, 1, i, 10)).isTrue();
      }
      assertThat(rig.top().liveLocators()).as("the content").hasSize(1);
      rig.top().flipBit(rig.top().liveLocators().get(0), PAYLOAD_BIT);
      assertThatThrownBy(rig.store::sync)
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining("checksum");
      assertThat(rig.bottom().liveZpages()).as("no record names what is not there").isZero();
      rig.store.sync();
      assertThat(rig.bottom().liveZpages()).as("content and records").isEqualTo(4);
      for (int i = 0; i < 3; i++) {
        int page = i;
        assertThatThrownBy(() -> rig.get(rig.swap, 1, page))
            .isInstanceOf(CorruptPageException.class)
            .hasMessageContaining("lost");
      }
      assertThat(rig.put(rig.swap, 1, 7, 10)).as("an equal page").isTrue();
      assertThat(rig.put(rig.swap, 1, 1, 10)).isTrue();
      rig.store.sync();
      assertThat(rig.get(rig.swap, 1, 7)).isEqualTo(10);
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(10);
    }
  }
}
