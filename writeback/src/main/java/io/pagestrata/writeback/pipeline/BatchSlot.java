// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One slot of the ring: a batch and how its write went.
 *
 * <p>Fields are plain: the ring's sequences hand the slot from the collector to the writer to the
 * committer. Only the right to end the batch is contested, when a close gives up waiting while the
 * writer hangs; whoever wins {@link #tryEnd} commits or cancels, the other keeps away (hazard H7).
 */
final class BatchSlot {
  final ZpageBatch batch;
  long publishedNanos;
  long writeNanos;
  TierOutcome outcome;
  Throwable error;

  /** Why a revocable tier was passed over, or null. */
  String skipReason;

  private final AtomicBoolean ended = new AtomicBoolean();

  BatchSlot(ZpageBatch batch) {
    this.batch = batch;
  }

  void reset() {
    batch.clear();
    writeNanos = 0;
    outcome = null;
    error = null;
    skipReason = null;
    ended.set(false);
  }

  boolean hasEnded() {
    return ended.get();
  }

  boolean tryEnd() {
    return ended.compareAndSet(false, true);
  }

  boolean isStored() {
    return outcome == TierOutcome.STORED;
  }
}
