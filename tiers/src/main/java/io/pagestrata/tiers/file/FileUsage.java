// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

/**
 * What the segments of a tier hold and take, each exact at some moment during the count.
 *
 * @param zpages alive, backing copies included
 * @param zpageBytes bytes of their records, with headers and padding
 * @param fileBytes length of all files
 */
record FileUsage(long zpages, long zpageBytes, long fileBytes) {
  static FileUsage of(Segments segments, int unitBytes) {
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
    return new FileUsage(zpages, liveUnits * unitBytes, fileBytes);
  }
}
