// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.core.testing.HeapLog;
import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StoreRig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The turns of a get and a take that nothing but a failure at the right moment shows. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GetJourneyTest {
  /** One page in the lossy tier, which cannot be read, and its mirror, which is damaged. */
  private static StoreRig unreadable() {
    StoreRig rig = StoreRig.builder().lossyMiddle().topKind(HeapTier.Kind.PLAIN).open();
    assertThat(rig.put(rig.swap, 1, 1, 7)).isTrue();
    rig.writeback.demote(0, true);
    rig.below().faults.failReads(true);
    rig.bottom().flipBit(rig.bottom().liveLocators().get(0), 400);
    return rig;
  }

  private static void mend(StoreRig rig) {
    rig.below().faults.failReads(false);
    rig.store.flush(rig.swap, 1, 1);
  }

  @Test
  void aTierOutOfReachIsToldTogetherWithTheDamageOfTheMirror() {
    try (StoreRig rig = unreadable()) {
      TierFailureException failure =
          catchThrowableOfType(TierFailureException.class, () -> rig.get(rig.swap, 1, 1));
      assertThat(failure.getCause()).hasMessage("told to fail");
      assertThat(failure.getCause().getSuppressed())
          .singleElement()
          .satisfies(mirror -> assertThat(mirror).hasMessage("its mirror is damaged"));
      mend(rig);
    }
  }

  @Test
  void damageOfAMirrorIsNoneWhenThePageWasPutAnewMeanwhile() {
    try (StoreRig rig = unreadable()) {
      rig.bottom().faults.onceBeforeRead(() -> rig.put(rig.swap, 1, 1, 8));
      assertThat(rig.get(rig.swap, 1, 1)).isEqualTo(8);
      mend(rig);
    }
  }

  @Test
  void aDamagedEphemeralPageThatAnotherGetDroppedIsAbsentToo() {
    try (StoreRig rig = StoreRig.builder().open()) {
      assertThat(rig.put(rig.cache, 1, 1, 7)).isTrue();
      rig.top().flipBit(rig.top().liveLocators().get(0), 400);
      rig.top().faults.onceAfterRead(() -> assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1));
      assertThat(rig.get(rig.cache, 1, 1)).isEqualTo(-1);
      assertThat(rig.store.stats().corruptPages()).isEqualTo(1);
    }
  }

  /** Forbidden: a page that was taken and is there again after a crash. */
  @Test
  void takingAPageThatSharesIsWrittenDownAndGivesItsRecordBack() {
    HeapLog log = new HeapLog();
    StoreRig.Builder durable =
        StoreRig.builder()
            .anonymousPages()
            .policies(StorePolicies.DEFAULT.with(Deduplication.POOL))
            .log(log);
    try (StoreRig rig = durable.open()) {
      for (int i = 0; i < 3; i++) {
        assertThat(rig.put(rig.swap, 1, i, 7)).isTrue();
      }
      rig.store.sync();
      int records = rig.below().liveZpages();
      assertThat(rig.take(rig.swap, 1, 1)).isEqualTo(7);
      assertThat(rig.below().liveZpages()).as("a crash now finds its record").isEqualTo(records);
      rig.store.sync();
      assertThat(log.tombstones).isEqualTo(1);
      assertThat(rig.below().liveZpages()).as("without its record").isEqualTo(records - 1);
    }
  }
}
