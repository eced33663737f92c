// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.testing.FakePage.Place;
import io.pagestrata.writeback.testing.FakeUpper;
import io.pagestrata.writeback.testing.Rig;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * A write ends after its waiter gave up: the batch has been cancelled and must not be committed.
 */
class H07_lateCompletionAfterClose {
  private static final int MANY_LOOKS = 100_000;

  private final Rig rig = new Rig(20);

  @Test
  void cancelledBatchIsNotCommittedWhenItsWriteReturns() {
    rig.chain.putMany(0, 19 * FakeUpper.PAGES_PER_REGION);
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    // The close gives up in the middle of the write.
    rig.chain.lower.behaviour =
        batch -> {
          assertThat(rig.pipeline.cancelRemaining()).isEqualTo(Rig.BATCH_PAGES);
          return TierOutcome.STORED;
        };
    rig.pipeline.writer().doWork();
    rig.pipeline.committer().doWork();
    assertThat(rig.chain.count(Place.BELOW)).isZero();
    assertThat(rig.chain.cancels()).isEqualTo(Rig.BATCH_PAGES);
    assertThat(rig.stats().demotedPages()).isZero();
    assertThat(rig.chain.upper.violations).isEmpty();
  }

  @Test
  void batchCancelledBeforeItsWriteIsNotWritten() {
    rig.chain.putMany(0, 19 * FakeUpper.PAGES_PER_REGION);
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.reclaimer.doWork();
    rig.pipeline.cancelRemaining();
    rig.runStages();
    assertThat(rig.chain.lower.attempts()).isZero();
  }

  @Test
  void aBatchThatHasEndedIsNotRewritten() {
    BatchSlot slot = new BatchSlot(new ZpageBatch(ByteBuffer.allocate(64), 4096));
    assertThat(slot.tryEnd()).isTrue();
    assertThat(slot.tryRewrite()).isFalse();
    assertThat(slot.tryEnd()).as("ended twice").isFalse();
  }

  /** An end reads where the zpages of the batch are, and a rewrite moves them. */
  @Test
  void theEndOfABatchWaitsUntilItIsRewritten() throws InterruptedException {
    BatchSlot slot = new BatchSlot(new ZpageBatch(ByteBuffer.allocate(64), 4096));
    assertThat(slot.tryRewrite()).isTrue();
    CountDownLatch begun = new CountDownLatch(1);
    Thread closer =
        new Thread(
            () -> {
              begun.countDown();
              slot.tryEnd();
            });
    closer.start();
    begun.await();
    for (int i = 0; i < MANY_LOOKS && closer.isAlive(); i++) {
      Thread.onSpinWait();
    }
    assertThat(slot.hasEnded()).isFalse();
    slot.endRewrite();
    closer.join();
    assertThat(slot.hasEnded()).isTrue();
  }
}
