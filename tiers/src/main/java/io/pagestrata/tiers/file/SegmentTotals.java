// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.util.BitSet;

/**
 * What all segments hold together.
 *
 * @param zpages alive, tombstones excluded
 * @param liveUnits units of their records
 * @param fileBytes bytes of the files
 */
record SegmentTotals(long zpages, long liveUnits, long fileBytes) {
  static SegmentTotals of(Segments segments) {
    long zpages = 0;
    long liveUnits = 0;
    long fileBytes = 0;
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null) {
        zpages += segment.liveRecords() - segment.tombstones();
        liveUnits += segments.tombstones().zpageUnits(segment);
        fileBytes += segment.fileBytes();
      }
    }
    return new SegmentTotals(zpages, liveUnits, fileBytes);
  }

  /** Adds the dictionaries of all records, dead ones in segments that are still there included. */
  static void addDictionaries(Segments segments, BitSet needed) {
    for (int slot = 0; slot < segments.slotCount(); slot++) {
      Segment segment = segments.at(slot);
      if (segment != null) {
        segment.addDictionaries(needed);
      }
    }
  }
}
