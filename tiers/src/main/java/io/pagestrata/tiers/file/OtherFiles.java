// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.file.index.LocationIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Looks at what is in the directory of a store beside segments and manifests. Stateless. */
final class OtherFiles {
  private static final int MOST_BUDGET_BYTES = 1 << 20;

  private OtherFiles() {}

  /** Whether a file is there for a moment only, so that it is a left-over in a stopped store. */
  static boolean isTemporary(String name) {
    return name.equals(NioSegmentFiles.PROBE_NAME) || name.equals(BudgetFile.NEW_NAME);
  }

  /** Whether a budget file is not as it was written. */
  static boolean isDamaged(SegmentFiles files, String name) throws IOException {
    if (!name.equals(BudgetFile.NAME)) {
      return false;
    }
    try (SegmentFile file = files.open(name)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(MOST_BUDGET_BYTES, file.size()));
      file.readFully(bytes, 0);
      String text = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
      return !BudgetFile.isWhole(text.lines().toList());
    }
  }

  /** What has the name of a file of a store and is none, so that it is in the way of one. */
  static List<String> inTheWay(SegmentFiles files) throws IOException {
    return files.listOthers().stream().filter(OtherFiles::isOurs).sorted().toList();
  }

  private static boolean isOurs(String name) {
    return SegmentNames.isName(name)
        || ManifestFiles.isName(name)
        || BudgetFile.isName(name)
        || DictionaryFormat.NAME.matcher(name).matches()
        || DictionaryFiles.COPY.matcher(name).matches()
        || LocationIndex.isFile(name)
        || isTemporary(name)
        || Repair.isLeftOver(name);
  }

  static void check(SegmentFiles files, List<String> names, CheckFindings findings)
      throws IOException {
    for (String name : inTheWay(files)) {
      findings.damage(
          name, -1, "is a directory or a link in the place of a file", "", "it is set aside");
    }
    for (String name : names) {
      if (isTemporary(name)) {
        findings.tidy(name, "was left by a start or a save that was cut off", "it is deleted");
      } else if (isDamaged(files, name)) {
        findings.tidy(
            name,
            "is damaged and counts as none: what was written today is not counted",
            "it is set aside");
      } else if (name.equals(RepairGuard.NAME)) {
        findings.damage(
            name, -1, "a repair was cut off, and the store does not open", "", "it goes on");
      } else if (Repair.isLeftOver(name)) {
        findings.tidy(name, "was left by a repair that was cut off", "that goes on");
      }
    }
  }
}
