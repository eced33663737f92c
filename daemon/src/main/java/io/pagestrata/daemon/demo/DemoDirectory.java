// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** The directory of the segments; one that was made for the demo is deleted with all it holds. */
final class DemoDirectory implements AutoCloseable {
  private final Path path;
  private final boolean temporary;

  private DemoDirectory(Path path, boolean temporary) {
    this.path = path;
    this.temporary = temporary;
  }

  static DemoDirectory open(Optional<Path> wanted) throws IOException {
    if (wanted.isPresent()) {
      return new DemoDirectory(Files.createDirectories(wanted.get()), false);
    }
    return new DemoDirectory(Files.createTempDirectory("pagestrata-demo-"), true);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    if (!temporary) {
      return;
    }
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
