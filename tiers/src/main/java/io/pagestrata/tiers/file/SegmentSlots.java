// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.file.SegmentFormat.Stream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The slots by which locators name segments, and who may take the last of them.
 *
 * <p>A tier that is not full of bytes can be out of slots: each start, and each write that fails,
 * ends a segment that may hold little. Cleaning merges those, see {@link MergeChoice}; meanwhile
 * writeback leaves some slots to syncs, and those leave some to removals. Cleaning is never refused
 * one: it makes slots by taking one, and what it began before a crash or a fault may have to stay.
 * For the same reason a start takes in every segment that it finds.
 *
 * <p>Finding a segment takes no lock; everything else is guarded by the monitor of {@link
 * Segments}.
 */
final class SegmentSlots {
  private static final int KEPT_FOR_SYNCS = 2;
  private static final int KEPT_FOR_REMOVALS = 2;
  static final int KEPT_IN_ALL = KEPT_FOR_SYNCS + KEPT_FOR_REMOVALS;

  private final FileTierSettings settings;
  private final int keptForCleaning;
  private final int keptForRemovals;
  private final int keptForSyncs;
  private final Deque<Integer> given = new ArrayDeque<>();
  private volatile AtomicReferenceArray<Segment> segments;

  /** Slots below this are taken or were given back. */
  private int begun;

  SegmentSlots(FileTierSettings settings, boolean durable) {
    this.settings = settings;
    keptForCleaning = settings.reserveSegments();
    keptForRemovals = durable ? KEPT_FOR_REMOVALS : 0;
    keptForSyncs = durable ? KEPT_FOR_SYNCS : 0;
    segments = new AtomicReferenceArray<>(settings.segmentSlots());
  }

  /** Slots that were used at any time, and maybe some more. */
  int count() {
    return segments.length();
  }

  /** The segment in a slot, or null. */
  Segment at(int slot) {
    return segments.get(slot);
  }

  void put(int slot, Segment segment) {
    segments.set(slot, segment);
  }

  Segment remove(int slot) {
    return segments.getAndSet(slot, null);
  }

  /** Slots that a stream may take now; none when not positive. */
  int free(Stream stream, Origin.Room room) {
    int taken = begun - given.size();
    if (stream == Stream.CLEANING) {
      return settings.mostSegmentSlots() - taken;
    }
    int kept = keptForCleaning;
    kept += room == Origin.Room.OF_REMOVALS ? 0 : keptForRemovals;
    kept += room == Origin.Room.USUAL ? keptForSyncs : 0;
    return settings.segmentSlots() - taken - kept;
  }

  /** Takes one, which is there. */
  int take() {
    Integer again = given.poll();
    if (again != null) {
      return again;
    }
    if (begun == segments.length()) {
      grow();
    }
    return begun++;
  }

  void giveBack(int slot) {
    given.push(slot);
  }

  private void grow() {
    AtomicReferenceArray<Segment> before = segments;
    int count = Math.min(settings.mostSegmentSlots(), before.length() + before.length() / 2);
    AtomicReferenceArray<Segment> more = new AtomicReferenceArray<>(count);
    for (int slot = 0; slot < before.length(); slot++) {
      more.set(slot, before.get(slot));
    }
    segments = more;
  }
}
