// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

/**
 * Where the records of a batch come from.
 *
 * @param youngest birth of the youngest record among those moved, 0 for new ones
 * @param horizon horizon of the tombstones among them, negative when it is not known yet
 * @param room what they may take
 */
record Origin(long youngest, long horizon, Room room) {
  /** Room that is kept for something, from the least to the most that may be taken. */
  enum Room {
    /** What is kept for nothing. */
    USUAL,
    /** What is kept for a sync, too. */
    OF_SYNCS,
    /** What is kept for removals, too, which can make room in a tier that is full. */
    OF_REMOVALS
  }

  /** From the tier above. */
  static final Origin WRITEBACK = new Origin(0, -1, Room.USUAL);

  /** From a sync. */
  static final Origin SYNC = new Origin(0, -1, Room.OF_SYNCS);

  /** Tombstones alone, from a sync. */
  static final Origin REMOVALS = new Origin(0, -1, Room.OF_REMOVALS);
}
