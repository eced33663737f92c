// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of segment files, which hold their sequences. Stateless. */
final class SegmentNames {
  private static final Pattern NAME = Pattern.compile("segment-([0-9]{8,18})\\.pss");

  /** Ends the name of a file that is not used any more and stays for those who look for it. */
  static final String ASIDE = ".damaged";

  /** More are never given out, so that the next one always has a name. */
  static final long MOST_SEQUENCE = 1_000_000_000_000_000L;

  private SegmentNames() {}

  /** A name that is not taken. */
  static String free(Collection<String> names, String wanted) {
    String name = wanted;
    for (int i = 2; names.contains(name); i++) {
      name = wanted + "." + i;
    }
    return name;
  }

  static String of(long sequence) {
    return String.format("segment-%08d.pss", sequence);
  }

  static boolean isName(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  /** The sequence in a name, or -1 when it is no name of a segment. */
  static long sequence(String fileName) {
    Matcher matcher = NAME.matcher(fileName);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /**
   * The segment files of a directory by sequence, whatever is in them.
   *
   * @throws IOException also when two names hold one sequence, or one that no segment has
   */
  static SortedMap<Long, String> list(SegmentFiles files) throws IOException {
    SortedMap<Long, String> names = new TreeMap<>();
    for (String name : files.list()) {
      if (isName(name)) {
        String other = names.put(sequence(name), name);
        if (sequence(name) > MOST_SEQUENCE) {
          throw new IOException(
              name + " has a number that no segment has; 'pagestrata fsck --repair' sets it aside");
        }
        if (other != null) {
          throw new IOException(other + " and " + name + " are names of one segment");
        }
      }
    }
    return names;
  }
}
