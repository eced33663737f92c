// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.tier.ZpageHeader;

/**
 * How long tombstones stay: as long as another segment may hold an older record of their page.
 *
 * <p>The <em>horizon</em> of a tombstone is the highest sequence of such a segment. It is known
 * when every write has ended that was under way when the segment of the tombstone was sealed: no
 * later one can hold a zpage that was removed before. Thread-safe.
 */
final class Tombstones {
  private final Segments segments;
  private final int recordAlignment;

  Tombstones(Segments segments, int recordAlignment) {
    this.segments = segments;
    this.recordAlignment = recordAlignment;
  }

  /** Units of one tombstone in a segment. */
  long unitsOfOne(Segment segment) {
    return AlignedBuffers.ceil(ZpageHeader.BYTES + segment.tagBytes(), recordAlignment)
        / recordAlignment;
  }

  /** Units of the zpages that are alive in a segment. */
  long zpageUnits(Segment segment) {
    return segment.liveUnits() - segment.tombstones() * unitsOfOne(segment);
  }

  /** Units of a segment that are alive and cannot be dropped by cleaning it. */
  long keptUnits(Segment segment) {
    return segment.tombstones() > 0 && isPastHorizon(segment)
        ? zpageUnits(segment)
        : segment.liveUnits();
  }

  /** Whether no other segment can hold a record older than a tombstone of this one. */
  boolean isPastHorizon(Segment segment) {
    long horizon = segment.horizon();
    if (horizon < 0) {
      return false;
    }
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment other = segments.at(slot);
      if (other != null && other != segment && other.sequence() <= horizon) {
        return false;
      }
    }
    return true;
  }

  /**
   * Closes the horizons of segments that were sealed so long ago that every write under way then
   * has ended. Called when no cleaning is under way.
   */
  void closeHorizons() {
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null
          && segment.isSealed()
          && segment.horizon() < 0
          && segment.fence().getAsBoolean()) {
        segment.closeHorizon(segments.lastSequence());
      }
    }
  }
}
