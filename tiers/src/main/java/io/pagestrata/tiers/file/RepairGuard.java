// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;

/**
 * The file that stands in a directory while a repair renames files there, and after one that was
 * cut off in that. Stateless.
 */
final class RepairGuard {
  static final String NAME = "pagestrata.repair";

  private RepairGuard() {}

  /** Refuses a directory in which a repair was cut off. */
  static void checkNoneIsUnderWay(SegmentFiles files) throws IOException {
    if (files.list().contains(NAME)) {
      throw new IOException("a repair of it was cut off; run 'pagestrata fsck --repair' again");
    }
  }
}
