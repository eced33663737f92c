// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import com.lmax.disruptor.EventPoller;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.writeback.monitor.Monitor;
import java.io.IOException;
import java.util.function.LongSupplier;

/** Stores each batch in the tier below with one call, and notes how it went. */
final class BatchWriter implements EventPoller.Handler<BatchSlot> {
  private final String roleName;
  private final Tier lower;
  private final Monitor monitor;
  private final LongSupplier nanoClock;

  BatchWriter(String roleName, Tier lower, Monitor monitor, LongSupplier nanoClock) {
    this.roleName = roleName;
    this.lower = lower;
    this.monitor = monitor;
    this.nanoClock = nanoClock;
  }

  /** Never throws: a batch whose write broke must still be ended by the committer. */
  @Override
  public boolean onEvent(BatchSlot slot, long sequence, boolean endOfBatch) {
    if (slot.batch.count() == 0) {
      // It only carries regions to settle.
      slot.outcome = TierOutcome.STORED;
    } else if (!slot.hasEnded()) {
      long start = nanoClock.getAsLong();
      try {
        slot.outcome = lower.store(slot.batch);
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
}
