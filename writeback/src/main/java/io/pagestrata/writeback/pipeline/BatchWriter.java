// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import com.lmax.disruptor.EventPoller;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.writeback.agent.AgentTime;
import io.pagestrata.writeback.agent.Pause;
import io.pagestrata.writeback.monitor.Monitor;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Stores each batch below with one call, and notes how it went. Before that, the zpages are made
 * denser where the tier below asks for it.
 *
 * <p>A tier that is full for the moment pushes back: while its upkeep still gains, the same batch
 * is tried again after each gain, for 1 s at most, so that FULL is what a tier is when nothing more
 * can be gained. Upkeep that moves much and frees nothing must not hold a batch for longer.
 */
final class BatchWriter implements EventPoller.Handler<BatchSlot> {
  static final long MOST_WAIT_NANOS = 1_000_000_000L;

  private final String roleName;
  private final BatchStore lower;
  private final Recompressor recompressor;
  private final Monitor monitor;
  private final LongSupplier nanoClock;
  private final Upkeep upkeep;
  private final Pause pause;
  private volatile boolean closing;

  BatchWriter(String roleName, BatchStore lower, LowerSide below, Monitor monitor, AgentTime time) {
    this.roleName = roleName;
    this.lower = lower;
    this.monitor = monitor;
    recompressor = below.recompressor();
    upkeep = below.upkeep();
    nanoClock = time.nanoClock();
    pause = time.pause();
  }

  /** Makes a full tier refuse at once from now on. Thread-safe. */
  void stopWaiting() {
    closing = true;
  }

  /** Never throws: a batch whose write broke must still be ended by the committer. */
  @Override
  public boolean onEvent(BatchSlot slot, long sequence, boolean endOfBatch) {
    if (slot.batch.count() == 0) {
      // It only carries regions to settle.
      slot.outcome = TierOutcome.STORED;
    } else if (!slot.hasEnded()) {
      awaitRate(slot);
      long start = nanoClock.getAsLong();
      try {
        recompress(slot);
        start = nanoClock.getAsLong();
        slot.outcome = store(slot, start);
      } catch (IOException e) {
        slot.error = e;
      } catch (RuntimeException | Error e) {
        slot.error = e;
        monitor.error(roleName, e);
      }
      slot.writeNanos = nanoClock.getAsLong() - start;
    }
    // False hands the batch on at once instead of after the whole run.
    return false;
  }

  /** Keeps the bytes per second of the tier below; a full ring passes the wait on to puts. */
  private void awaitRate(BatchSlot slot) {
    long nanos = lower.budget().pauseNanos();
    while (nanos > 0 && !closing && !slot.hasEnded()) {
      pause.pauseAtMost(nanos);
      nanos = lower.budget().pauseNanos();
    }
  }

  private void recompress(BatchSlot slot) {
    if (recompressor != Recompressor.NONE && slot.tryRewrite()) {
      try {
        slot.batch.recompress(recompressor);
      } finally {
        slot.endRewrite();
      }
    }
  }

  private TierOutcome store(BatchSlot slot, long startNanos) throws IOException {
    while (true) {
      long gains = upkeep.gains();
      TierOutcome outcome = lower.store(slot);
      if (outcome != TierOutcome.FULL || !awaitGain(slot, gains, startNanos)) {
        return outcome;
      }
    }
  }

  /** Waits for a gain since the count before the store; false when there is none to wait for. */
  private boolean awaitGain(BatchSlot slot, long gains, long startNanos) {
    // The step under way may have begun before the tier was full; only the next one tells.
    long lastRest = upkeep.rests() + 2;
    while (!closing && !slot.hasEnded() && nanoClock.getAsLong() - startNanos < MOST_WAIT_NANOS) {
      if (upkeep.gains() != gains) {
        return true;
      }
      if (upkeep.rests() >= lastRest) {
        return false;
      }
      upkeep.wake();
      pause.pause();
    }
    return false;
  }
}
