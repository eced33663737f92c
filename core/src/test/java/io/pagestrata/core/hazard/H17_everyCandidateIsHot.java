// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.Claim;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fails: nothing for good; the pool is tiny and every page in it is read all the time. Succeeds:
 * every put, while reclaim runs beside it. Must hold: no livelock between putters, getters and
 * reclaim; all of them come to their end.
 */
class H17_everyCandidateIsHot {
  @Test
  void aForcedReclaimFreesPagesThatWereReadBefore() {
    try (StoreRig rig = StoreRig.builder().slots(16).open()) {
      for (int i = 0; i < 8; i++) {
        rig.put(rig.swap, 1, i, 1);
        assertThat(rig.get(rig.swap, 1, i)).isEqualTo(1);
      }
      var round = rig.writeback.collect(0, true);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).hasSize(8).containsOnly(Commit.DEMOTED);
    }
  }

  @Test
  void aReadGivesOneSecondChance() {
    try (StoreRig rig = StoreRig.builder().slots(16).open()) {
      rig.put(rig.swap, 1, 0, 1);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(1);
      assertThat(rig.writeback.demote(0, false).claims(Claim.SECOND_CHANCE)).isOne();
      assertThat(rig.writeback.demote(0, false).claims(Claim.TAKEN)).isOne();
    }
  }

  @Test
  void aReadDuringTheWriteStillKeepsThePage() {
    try (StoreRig rig = StoreRig.builder().slots(16).open()) {
      rig.put(rig.swap, 1, 0, 1);
      var round = rig.writeback.collect(0, true);
      assertThat(rig.get(rig.swap, 1, 0)).isEqualTo(1);
      rig.writeback.write(round);
      assertThat(rig.writeback.commit(round)).containsOnly(Commit.KEPT);
    }
  }

  @Test
  @Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTinyPoolOfHotPages() {
    int putters = 2;
    int puts = 400;
    StoreRig.Builder builder = StoreRig.builder().slots(4).promoteAlways();
    try (StoreRig rig = builder.putWait(Duration.ofMinutes(1)).open()) {
      rig.top().faults.reserveSlots = 1;
      AtomicInteger running = new AtomicInteger(putters);
      List<Threads.Task> tasks = new ArrayList<>();
      for (int p = 0; p < putters; p++) {
        int putter = p;
        tasks.add(
            () -> {
              try {
                for (int i = 0; i < puts; i++) {
                  assertThat(rig.put(rig.swap, putter, i % 8, i)).as("put %d", i).isTrue();
                  assertThat(rig.get(rig.swap, putter, i % 8)).isEqualTo(i);
                }
              } finally {
                running.decrementAndGet();
              }
            });
      }
      tasks.add(
          () -> {
            for (int i = 0; running.get() > 0; i++) {
              rig.get(rig.swap, i % putters, i % 8);
            }
          });
      tasks.add(
          () -> {
            // Second chances first; when they free nothing, force.
            for (int i = 0; running.get() > 0; i++) {
              rig.writeback.demote(0, i % 2 == 1);
            }
          });
      Threads.run(tasks);
    }
  }
}
