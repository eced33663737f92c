// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.ZpageBatch;

/**
 * The sink of a tier with nothing below it: there never is a free slot.
 *
 * <p>Reclaim of such a tier lives on dropped ephemeral pages. Stateless and thread-safe.
 */
public final class DeadEnd implements BatchSink {
  /** Makes the sink. */
  public DeadEnd() {}

  @Override
  public boolean hasFreeSlot() {
    return false;
  }

  @Override
  public ZpageBatch claim() {
    throw new IllegalStateException("nothing lies below");
  }

  @Override
  public void publish() {
    throw new IllegalStateException("nothing lies below");
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
    return 0;
  }

  @Override
  public boolean isFailing() {
    return false;
  }

  @Override
  public long latencyNanos() {
    return 0;
  }
}
