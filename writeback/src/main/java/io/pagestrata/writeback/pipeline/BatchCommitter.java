// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import com.lmax.disruptor.EventPoller;
import io.pagestrata.core.movement.Commit;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.writeback.monitor.Monitor;
import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.monitor.Reporting;

/**
 * Ends each batch: commits its zpages when it is stored, cancels them when it is not, then settles
 * its regions.
 *
 * <p>No exception stops it half way, or shadows would be left (hazard H2). A zpage whose commit
 * throws is cancelled, but its copy below is not freed: the exception does not say whether the
 * entry names that copy already, and lost room is better than a lost page.
 */
final class BatchCommitter implements EventPoller.Handler<BatchSlot> {
  private final String roleName;
  private final int tier;
  private final Hierarchy hierarchy;
  private final UpperTier upper;
  private final MovementCounters counters;
  private final Monitor monitor;
  private final BatchReport report;

  BatchCommitter(TierStep step, Reporting reporting, BatchReport report) {
    this.report = report;
    tier = step.tier();
    hierarchy = step.hierarchy();
    upper = step.upper();
    roleName = "commit-" + upper.name();
    counters = reporting.counters();
    monitor = reporting.monitor();
  }

  @Override
  public boolean onEvent(BatchSlot slot, long sequence, boolean endOfBatch) {
    if (slot.tryEnd()) {
      end(slot);
    }
    return false;
  }

  private void end(BatchSlot slot) {
    long[] pagesByEnd = new long[Commit.values().length];
    if (slot.isStored()) {
      commit(slot.batch, pagesByEnd);
    } else {
      cancel(slot.batch);
    }
    settle(slot.batch);
    try {
      report.ended(slot, pagesByEnd);
    } catch (RuntimeException e) {
      monitor.error(roleName, e);
    }
  }

  private void commit(ZpageBatch batch, long[] pagesByEnd) {
    long leftBytes = 0;
    for (int i = 0; i < batch.count(); i++) {
      try {
        Commit commit = hierarchy.commit(tier, batch, i);
        pagesByEnd[commit.ordinal()]++;
        if (commit == Commit.DEMOTED) {
          leftBytes += batch.fromBytes(i);
        }
      } catch (RuntimeException | Error e) {
        monitor.error(roleName, e);
        cancel(batch, i);
      }
    }
    counters.add(Movement.LEFT_BYTES, leftBytes);
    counters.add(Movement.DEMOTED_PAGES, pagesByEnd[Commit.DEMOTED.ordinal()]);
    counters.add(Movement.KEPT_PAGES, pagesByEnd[Commit.KEPT.ordinal()]);
    counters.add(Movement.CANCELLED_SHADOWS, pagesByEnd[Commit.LOST.ordinal()]);
  }

  /** Cancels every zpage of a batch that the caller won with {@link BatchSlot#tryEnd}. */
  void cancel(ZpageBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      cancel(batch, i);
    }
  }

  private void cancel(ZpageBatch batch, int i) {
    try {
      hierarchy.cancel(tier, batch, i);
    } catch (RuntimeException | Error e) {
      monitor.error(roleName, e);
    }
  }

  /** Settles the regions of a batch whose zpages have all ended. */
  void settle(ZpageBatch batch) {
    for (int i = 0; i < batch.regionCount(); i++) {
      try {
        upper.settle(batch.region(i));
      } catch (RuntimeException | Error e) {
        monitor.error(roleName, e);
      }
    }
  }
}
