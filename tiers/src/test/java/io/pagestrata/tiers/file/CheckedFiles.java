// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Inspection;
import java.io.IOException;
import java.nio.file.Path;

/** Checks directories that need not be on a disk, and holds as few records at a time as is said. */
public final class CheckedFiles {
  private CheckedFiles() {}

  public static Inspection check(
      SegmentFiles files, FileEncryption encryption, boolean repair, long mostRecords)
      throws IOException {
    // Any directory that is there: room on the disk is looked at, too.
    return StoreCheck.check(
        files,
        Path.of("."),
        new StoreCheck.Request(encryption, repair, repair),
        CheckProgress.NONE,
        mostRecords);
  }
}
