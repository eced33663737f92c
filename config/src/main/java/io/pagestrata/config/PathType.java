// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** A path as the machine writes it; a relative one starts at the working directory. */
final class PathType extends ValueType<Path> {
  @Override
  Path parse(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("is not a path");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is not a path", e);
    }
  }

  @Override
  boolean isText() {
    return true;
  }

  @Override
  String format(Path path) {
    return path.toString();
  }

  @Override
  Optional<String> complaint(Path path) {
    if (path.toString().isBlank()) {
      return Optional.of("is not a path; expected " + expectation());
    }
    return !path.isAbsolute() && path.getName(0).toString().startsWith("~")
        ? Optional.of(
            "begins with ~, which only a shell replaces; expected the path in full, or ./~ for that very name")
        : Optional.empty();
  }

  @Override
  String expectation() {
    return "a path";
  }

  @Override
  boolean needsExample() {
    return true;
  }

  @Override
  String range() {
    return "a path; a relative one starts at the working directory";
  }

  @Override
  String schemaKeywords() {
    return "\"type\": \"string\", \"minLength\": 1";
  }
}
