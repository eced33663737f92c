// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One slot of the ring: a batch and how its write went.
 *
 * <p>Fields are plain: the ring's sequences hand the slot from the collector to the writer to the
 * committer. Only the right to end the batch is contested, when a close gives up waiting while the
 * writer hangs; whoever wins {@link #tryEnd} commits or cancels, the other keeps away (hazard H7).
 *
 * <pre>
 *   OPEN --tryRewrite--> REWRITTEN --endRewrite--> OPEN --tryEnd--> ENDED
 * </pre>
 *
 * A rewrite moves the zpages of the batch, so nobody ends it meanwhile; it waits for nothing, so
 * whoever wants to end the batch waits for it.
 */
final class BatchSlot {
  final ZpageBatch batch;
  long publishedNanos;
  long writeNanos;
  TierOutcome outcome;
  Throwable error;
  long publishedBytes;

  /** Why a revocable tier was passed over, or null. */
  String skipReason;

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

  private enum State {
    OPEN,
    REWRITTEN,
    ENDED
  }

  BatchSlot(ZpageBatch batch) {
    this.batch = batch;
  }

  void reset() {
    batch.clear();
    writeNanos = 0;
    outcome = null;
    error = null;
    skipReason = null;
    state.set(State.OPEN);
  }

  boolean hasEnded() {
    return state.get() == State.ENDED;
  }

  boolean tryRewrite() {
    return state.compareAndSet(State.OPEN, State.REWRITTEN);
  }

  void endRewrite() {
    state.set(State.OPEN);
  }

  boolean tryEnd() {
    while (!state.compareAndSet(State.OPEN, State.ENDED)) {
      if (hasEnded()) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  boolean isStored() {
    return outcome == TierOutcome.STORED;
  }
}
