// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sees to it that a new directory is found again after a crash: not the directory itself says that
 * it exists but the one that it is in.
 */
final class DirectoryEntries {
  /** Waits until what a directory lists is on the medium. */
  @FunctionalInterface
  interface Force {
    void force(Path directory) throws IOException;
  }

  private DirectoryEntries() {}

  /**
   * Forces what a directory is in, and so on for each that holds nothing else: those may have been
   * made with it, by this start or by one that was killed. One that may not be read was made by
   * somebody else, who is to see to it.
   */
  static void force(Path directory, Force force) throws IOException {
    Path at = directory.toAbsolutePath();
    try {
      do {
        at = at.getParent();
        if (at == null) {
          return;
        }
        force.force(at);
      } while (holdsOne(at));
    } catch (AccessDeniedException e) {
      return;
    }
  }

  private static boolean holdsOne(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> first = entries.limit(2).toList();
      return first.size() < 2;
    }
  }
}
