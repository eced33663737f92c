// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.LeftOvers;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.serve.DefaultConfig;
import io.pagestrata.tiers.file.AbandonedSegments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a daemon without a configuration file keeps its segments and its socket: in the directory
 * that the user or systemd gave it, or in a new one that closing deletes.
 */
final class DefaultPlace implements AutoCloseable {
  private static final String PREFIX = "pagestrata-";

  /** In place of a name that differs each time; no left-over has it. */
  private static final String SHOWN = "pagestrata";

  /** Temporary files that are large belong here: the other place is memory on many systems. */
  private static final Path LARGE_TEMPORARY_FILES = Path.of("/var/tmp");

  private final Path directory;
  private final Optional<TemporaryDirectory> temporary;

  private DefaultPlace(Path directory, Optional<TemporaryDirectory> temporary) {
    this.directory = directory;
    this.temporary = temporary;
  }

  static DefaultPlace open(Path wanted) throws InputException, IOException {
    Optional<Path> given = given(wanted);
    if (given.isPresent()) {
      try {
        return new DefaultPlace(Files.createDirectories(given.get()), Optional.empty());
      } catch (IOException e) {
        throw new InputException(
            "cannot use " + given.get() + " as a directory: " + Failures.describe(e));
      }
    }
    return temporary(largeFiles().orElse(null));
  }

  /** One to be shown, of which nothing is made. */
  static DefaultPlace shown(Path wanted) {
    Path directory =
        given(wanted)
            .orElseGet(
                () ->
                    largeFiles()
                        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")))
                        .resolve(SHOWN));
    return new DefaultPlace(directory, Optional.empty());
  }

  private static Optional<Path> given(Path wanted) {
    return Optional.ofNullable(wanted)
        .or(() -> Optional.ofNullable(System.getenv("STATE_DIRECTORY")).map(Path::of));
  }

  private static Optional<Path> largeFiles() {
    return Optional.of(LARGE_TEMPORARY_FILES).filter(Files::isWritable);
  }

  /** A new directory; what killed daemons left beside it, which may be gigabytes, is removed. */
  static DefaultPlace temporary(Path parent) throws IOException {
    TemporaryDirectory made = TemporaryDirectory.create(parent, PREFIX);
    LeftOvers.remove(made.path(), PREFIX, DefaultPlace::removeLeftOver);
    return new DefaultPlace(made.path(), Optional.of(made));
  }

  private static void removeLeftOver(Path directory) throws IOException {
    if (AbandonedSegments.delete(directory.resolve(DefaultConfig.SEGMENTS))) {
      Files.deleteIfExists(directory.resolve(DefaultConfig.SOCKET));
      Files.deleteIfExists(directory);
    }
  }

  Path directory() {
    return directory;
  }

  Path socketDirectory() {
    return Optional.ofNullable(System.getenv("RUNTIME_DIRECTORY")).map(Path::of).orElse(directory);
  }

  @Override
  public void close() throws IOException {
    if (temporary.isPresent()) {
      temporary.get().close();
    }
  }
}
