// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.tier.ZpageBatch;
import java.nio.ByteBuffer;

/**
 * The sink of a tier with nothing below it: whatever is published is cancelled at once and counts
 * as refused.
 *
 * <p>Reclaim of such a tier lives on dropped ephemeral pages and never ought to take a zpage;
 * should it happen, no shadow is left. Owned by the collecting thread.
 */
public final class DeadEnd implements BatchSink {
  private final int tier;
  private final Hierarchy hierarchy;
  private final ZpageBatch batch;
  private long failures;
  private boolean failing;

  /**
   * Makes the sink.
   *
   * @param tier number of the only tier
   * @param hierarchy cancels what was taken
   */
  public DeadEnd(int tier, Hierarchy hierarchy) {
    this.tier = tier;
    this.hierarchy = hierarchy;
    // Room for one zpage of the largest size at least: a page that did not shrink, and its header.
    batch =
        new ZpageBatch(ByteBuffer.allocateDirect(2 * hierarchy.pageBytes()), hierarchy.pageBytes());
  }

  @Override
  public boolean hasFreeSlot() {
    return true;
  }

  @Override
  public ZpageBatch claim() {
    return batch;
  }

  @Override
  public void publish() {
    for (int i = 0; i < batch.count(); i++) {
      hierarchy.cancel(tier, batch, i);
    }
    for (int i = 0; i < batch.regionCount(); i++) {
      hierarchy.upperTier(tier).settle(batch.region(i));
    }
    failing = batch.count() > 0;
    failures += failing ? 1 : 0;
    batch.clear();
  }

  @Override
  public long inFlightBatches() {
    return 0;
  }

  @Override
  public long inFlightBytes() {
    return 0;
  }

  @Override
  public long failures() {
    return failures;
  }

  @Override
  public boolean isFailing() {
    return failing;
  }

  @Override
  public long latencyNanos() {
    return 0;
  }
}
