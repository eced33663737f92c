// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A new directory of the program's own; closing it deletes it with all it holds. */
public final class TemporaryDirectory implements AutoCloseable {
  private final Path path;

  private TemporaryDirectory(Path path) {
    this.path = path;
  }

  /**
   * Looks whether one can be made, by making one and deleting it: permissions alone do not tell.
   *
   * @param parent where
   * @throws InputException when it cannot
   */
  public static void checkPossible(Path parent) throws InputException {
    try {
      Files.delete(Files.createTempDirectory(parent, "pagestrata-try-"));
    } catch (IOException e) {
      throw new InputException("no directory can be made in " + parent);
    }
  }

  /**
   * Makes a directory.
   *
   * @param parent where, or null for the system's place for temporary files
   * @param prefix how its name begins
   * @return the new directory
   * @throws IOException when it cannot be made
   */
  public static TemporaryDirectory create(Path parent, String prefix) throws IOException {
    return new TemporaryDirectory(
        parent == null
            ? Files.createTempDirectory(prefix)
            : Files.createTempDirectory(parent, prefix));
  }

  /**
   * Where it is.
   *
   * @return an existing directory until {@link #close}
   */
  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException error)
              throws IOException {
            if (error != null) {
              throw error;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
