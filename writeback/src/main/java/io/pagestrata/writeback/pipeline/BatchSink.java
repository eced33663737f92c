// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.pipeline;

import io.pagestrata.core.tier.ZpageBatch;

/**
 * Where collected batches go. Claiming and publishing belong to one thread, the collector; what is
 * in flight may be asked by anyone.
 *
 * <p>Ownership of a batch: the collector's from {@link #claim} to {@link #publish}, the sink's from
 * then until it has ended every zpage in it (commit or cancel) and settled its regions. Batches end
 * in the order in which they were published.
 */
public interface BatchSink {
  /**
   * Whether {@link #claim} would get a batch without waiting, even while an earlier claimed one is
   * not published yet.
   *
   * @return true when a slot is free
   */
  boolean hasFreeSlot();

  /**
   * Takes the next free batch, emptied. Only after {@link #hasFreeSlot}.
   *
   * @return a batch owned by the caller
   */
  ZpageBatch claim();

  /** Hands the oldest claimed batch over. */
  void publish();

  /**
   * Batches handed over and not ended yet.
   *
   * @return how many
   */
  long inFlightBatches();

  /**
   * Bytes of the batches in flight.
   *
   * @return bytes, headers and padding included
   */
  long inFlightBytes();

  /**
   * Batches that were refused or failed.
   *
   * @return how many, ever
   */
  long failures();

  /**
   * Whether the batch that ended last was refused or failed.
   *
   * @return true when the tier below gives trouble
   */
  boolean isFailing();

  /**
   * How long a batch takes from publish to commit, of late.
   *
   * @return nanoseconds
   */
  long latencyNanos();
}
