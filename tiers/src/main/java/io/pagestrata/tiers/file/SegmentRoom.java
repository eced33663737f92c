// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.file.SegmentFormat.Stream;

/**
 * For whom bytes of a tier are kept, and how many a new segment gets. Cleaning and syncs leave each
 * other what is kept for them: cleaning alone can make room, and only a sync can say what need not
 * be kept. Immutable.
 */
final class SegmentRoom {
  private static final long GRANT_ALIGNMENT = AlignedBuffers.BLOCK_BYTES;

  /**
   * Beside what is kept for syncs, this part of it is kept for removals: a segment at most, and
   * what a batch of them needs at least.
   */
  private static final int REMOVALS_SHARE = 4;

  private final FileTierSettings settings;
  private final long leastGrantBytes;
  private final long forSyncsBytes;
  private final long forRemovalsBytes;

  /**
   * Says what is kept.
   *
   * @param syncReserveBytes bytes that only a sync may take; negative in a volatile tier
   */
  SegmentRoom(FileTierSettings settings, boolean encrypted, long syncReserveBytes) {
    this.settings = settings;
    // Room for the largest batch, with header and footer; encrypted, tombstones grow by half.
    leastGrantBytes = settings.maxBatchBytes() * (encrypted ? 5L : 3L) / 2;
    forSyncsBytes = Math.max(0, syncReserveBytes);
    forRemovalsBytes =
        syncReserveBytes < 0
            ? 0
            : Math.min(
                settings.segmentBytes(),
                Math.max(leastRemovalsBytes(), syncReserveBytes / REMOVALS_SHARE));
  }

  /**
   * What of the free bytes new segments of a stream may take.
   *
   * @param inOpenCleaning what the open segment of cleaning still takes, where its reserve may lie
   */
  long freeBytes(Stream stream, Origin.Room room, long free, long inOpenCleaning) {
    long reserve = (long) settings.reserveSegments() * settings.segmentBytes();
    long forCleaning = Math.max(0, reserve - inOpenCleaning);
    long forSyncs = room == Origin.Room.USUAL ? forSyncsBytes : 0;
    long forRemovals = room == Origin.Room.OF_REMOVALS ? 0 : forRemovalsBytes;
    return stream == Stream.CLEANING
        ? Math.max(Math.min(free, forCleaning), free - forSyncs - forRemovals)
        : free - forSyncs - forRemovals - forCleaning;
  }

  /**
   * How large a new segment may become; 0 when there is too little for one. Removals get no more
   * than they must: room is short, and a segment is charged as a whole.
   */
  long grantBytes(Origin.Room room, long free) {
    long most = room == Origin.Room.OF_REMOVALS ? leastRemovalsBytes() : settings.segmentBytes();
    long granted = Math.min(most, free) & -GRANT_ALIGNMENT;
    return granted < leastGrantBytes ? 0 : granted;
  }

  long leastRemovalsBytes() {
    return leastGrantBytes + GRANT_ALIGNMENT;
  }
}
