// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.file.SegmentFormat.Stream;
import java.util.Arrays;

/**
 * Chooses the small segment that is merged next, when slots are short.
 *
 * <p>Segments are merged with others of about their size, the smallest such pair first, however
 * full they are: so what is copied comes into a segment of half again the size at least, and
 * nothing is copied more often than sizes can grow so up to that of a segment, however short the
 * runs of the store are. Ones that are much smaller than what the open segment of cleaning holds
 * come along, which costs next to nothing. Sizes of which no two are alike double at least from
 * each to the next, so there are few of them, see {@link FileTierSettings#segmentSlots}. Where
 * there are fewer slots than that, the smallest ones are merged when nothing else helps.
 *
 * <p>Owned by whoever holds the maintenance lock of the tier.
 */
final class MergeChoice {
  /** Sizes from one unit to a segment: no more of them than this can each double the last. */
  static final int MOST_DOUBLINGS = 32;

  /** Merging larger ones gains less than it costs; when slots are short, some are smaller. */
  private static final double MOST_OF_SEGMENT = 0.75;

  private static final int SLOT_BITS = 32;

  private final FileTierSettings settings;
  private final Segments segments;

  /** What the open segment of cleaning should hold before smaller ones come along, in units. */
  private long due;

  MergeChoice(FileTierSettings settings, Segments segments) {
    this.settings = settings;
    this.segments = segments;
  }

  /** The segment to be merged that may be visited at this step, or null. */
  Segment choose(long step, long room) {
    long most = Math.min(room, (long) (MOST_OF_SEGMENT * settings.segmentBytes()));
    long[] sizes = bySize(step, most);
    int chosen = choose(sizes, segments.bytesInOpenCleaning() / settings.recordAlignment());
    return chosen < 0 ? null : segments.at((int) sizes[chosen]);
  }

  private int choose(long[] sizes, long open) {
    int partner = firstFrom(sizes, due - open);
    if (open < due && partner < sizes.length && units(sizes[partner]) <= 2 * open) {
      return partner;
    }
    if (sizes.length > 0 && units(sizes[0]) <= 2 * open) {
      return 0;
    }
    for (int i = 1; i < sizes.length; i++) {
      if (units(sizes[i]) <= 2 * units(sizes[i - 1])) {
        due = open + units(sizes[i - 1]) * 3 / 2;
        return i - 1;
      }
    }
    boolean helps = sizes.length > 1 || open > 0 && sizes.length > 0;
    return helps && segments.freeSlots(Stream.WRITEBACK) <= 0 ? 0 : -1;
  }

  private static int firstFrom(long[] sizes, long least) {
    int i = 0;
    while (i < sizes.length && units(sizes[i]) < least) {
      i++;
    }
    return i;
  }

  private static long units(long size) {
    return size >>> SLOT_BITS;
  }

  /** Segments with no more alive than this, the smallest first: units and slot of each. */
  private long[] bySize(long step, long mostBytes) {
    long[] found = new long[segments.slotCount()];
    int count = 0;
    for (int slot = 0; slot < found.length; slot++) {
      Segment segment = segments.at(slot);
      if (segment == null
          || !segment.isSealed()
          || segment.liveRecords() == 0
          || !segment.visits().mayBeVisited(step)) {
        continue;
      }
      long units = segments.tombstones().keptUnits(segment);
      if (units * settings.recordAlignment() <= mostBytes) {
        found[count++] = units << SLOT_BITS | slot;
      }
    }
    Arrays.sort(found, 0, count);
    return Arrays.copyOf(found, count);
  }
}
