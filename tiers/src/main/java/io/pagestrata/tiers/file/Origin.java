// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

/**
 * Where the records of a batch come from.
 *
 * @param youngest birth of the youngest record among those moved, 0 for new ones
 * @param horizon horizon of the tombstones among them, negative when it is not known yet
 * @param urgent whether they may take the room that is kept for a sync
 */
record Origin(long youngest, long horizon, boolean urgent) {
  /** From the tier above. */
  static final Origin WRITEBACK = new Origin(0, -1, false);

  /** From a sync. */
  static final Origin SYNC = new Origin(0, -1, true);
}
