// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

import io.pagestrata.core.latency.LatencySnapshot;

/**
 * What syncs of a durable store did, those of its upkeep and the last one of a close included.
 *
 * @param syncs that wrote down all that had changed
 * @param joined calls that were answered by the sync of another caller
 * @param refused syncs that failed since the tier was full
 * @param failed syncs that failed for another reason
 * @param records zpages and tombstones written
 * @param writtenBytes of the batches that carried them, headers and padding included
 * @param underWayNanos gauge: how long the sync under way has taken, 0 without one
 * @param latency time that syncs took, those that failed included
 */
public record SyncStats(
    long syncs,
    long joined,
    long refused,
    long failed,
    long records,
    long writtenBytes,
    long underWayNanos,
    LatencySnapshot latency) {
  /** Before the first one. */
  public static final SyncStats ZERO =
      new SyncStats(0, 0, 0, 0, 0, 0, 0, new LatencySnapshot(0, 0, 0, 0, 0));
}
