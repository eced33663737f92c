// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The repository as text: finds its root from the working directory and reads its files. */
final class RepositoryFiles {
  static final List<String> MODULES =
      List.of("core", "tiers", "writeback", "config", "daemon", "integration-tests");

  private static final Path ROOT = findRoot();

  private RepositoryFiles() {}

  private static Path findRoot() {
    Path candidate = Path.of("").toAbsolutePath();
    while (candidate != null && !Files.isDirectory(candidate.resolve("integration-tests/src"))) {
      candidate = candidate.getParent();
    }
    if (candidate == null) {
      throw new IllegalStateException("not inside the repository: " + Path.of("").toAbsolutePath());
    }
    return candidate;
  }

  static Path root() {
    return ROOT;
  }

  static Path path(String relative) {
    return ROOT.resolve(relative);
  }

  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(String relative) {
    return read(path(relative));
  }

  /** All Java sources of all modules, main and test. */
  static List<Path> javaSources() {
    return MODULES.stream()
        .flatMap(
            module -> filesUnder(module + "/src", file -> nameEndsWith(file, ".java")).stream())
        .toList();
  }

  /** Java sources that are shipped. */
  static List<Path> mainSources() {
    return MODULES.stream()
        .filter(module -> Files.isDirectory(path(module + "/src/main/java")))
        .flatMap(
            module ->
                filesUnder(module + "/src/main/java", file -> nameEndsWith(file, ".java")).stream())
        .toList();
  }

  /** Markdown at the root and under docs. */
  static List<Path> documents() {
    try (Stream<Path> top = Files.list(ROOT)) {
      return Stream.concat(
              top.filter(file -> nameEndsWith(file, ".md")),
              filesUnder("docs", file -> nameEndsWith(file, ".md")).stream())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> filesUnder(String relative, Predicate<Path> which) {
    try (Stream<Path> files = Files.walk(path(relative))) {
      return files.filter(Files::isRegularFile).filter(which).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean nameEndsWith(Path file, String end) {
    return file.getFileName().toString().endsWith(end);
  }

  static String relative(Path file) {
    return ROOT.relativize(file).toString();
  }
}
