// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Removes directories of segments that no store uses any more. Stateless and thread-safe. */
public final class AbandonedSegments {
  private AbandonedSegments() {}

  /**
   * Deletes a directory that a store once locked, unless a store holds it or anything is in it that
   * no store made. Nothing is deleted in that case.
   *
   * @param directory where segments were
   * @return whether it is gone now
   * @throws IOException when the directory cannot be read or deleted
   */
  public static boolean delete(Path directory) throws IOException {
    // Locking makes what is missing, hence the look before it.
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        || !Files.exists(directory.resolve(DirectoryLock.NAME), LinkOption.NOFOLLOW_LINKS)
        || !isOurs(contents(directory))) {
      return false;
    }
    Closeable lock;
    try {
      lock = new NioSegmentFiles(directory, false).lock();
    } catch (IOException e) {
      // In use, or the lock file is somebody else's: both are left alone.
      return false;
    }
    try (lock) {
      List<Path> files = contents(directory);
      if (!isOurs(files)) {
        return false;
      }
      for (Path file : files) {
        if (!isLock(file)) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(directory.resolve(DirectoryLock.NAME));
      Files.deleteIfExists(directory);
      return true;
    }
  }

  private static List<Path> contents(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(files::add);
    }
    return files;
  }

  private static boolean isOurs(List<Path> files) {
    return files.stream()
        .allMatch(
            file ->
                Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && (isLock(file) || isOurName(file.getFileName().toString())));
  }

  private static boolean isOurName(String name) {
    return SegmentNames.isName(name) || BudgetFile.isName(name);
  }

  private static boolean isLock(Path file) {
    return file.getFileName().toString().equals(DirectoryLock.NAME);
  }
}
