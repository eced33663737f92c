// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/** Finds temporary directories that killed programs could not delete. Stateless. */
public final class LeftOvers {
  /** A program that is just starting has a lock file for a moment that it does not hold yet. */
  private static final Duration YOUNG = Duration.ofSeconds(2);

  private LeftOvers() {}

  /** Deletes a directory, unless somebody uses it or has put something into it. */
  public interface Removal {
    /**
     * Deletes, or leaves alone.
     *
     * @param directory one of this user
     * @throws IOException when it cannot be read or deleted
     */
    void remove(Path directory) throws IOException;
  }

  /**
   * Has directories removed that lie beside a new one, are of the same user, and have a name that
   * {@link TemporaryDirectory} gives.
   *
   * @param own the new directory, which stays
   * @param prefix how their names begin
   * @param removal deletes one
   * @throws IOException when the place cannot be listed
   */
  public static void remove(Path own, String prefix, Removal removal) throws IOException {
    Object owner = Files.getOwner(own);
    Instant young = Instant.now().minus(YOUNG);
    try (DirectoryStream<Path> others =
        Files.newDirectoryStream(own.getParent(), prefix + "[0-9]*")) {
      for (Path other : others) {
        if (!other.equals(own)) {
          remove(other, owner, young, removal);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void remove(Path directory, Object owner, Instant young, Removal removal) {
    try {
      FileTime changed = Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS);
      if (Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(owner)
          && changed.toInstant().isBefore(young)) {
        removal.remove(directory);
      }
    } catch (IOException e) {
      // Another program removes it this moment, or its rights forbid it: it is no hindrance.
      return;
    }
  }
}
