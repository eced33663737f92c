// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.redis;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds a server to start. Stateless. */
public final class ServerBinary {
  private static final List<String> NAMES = List.of("valkey-server", "redis-server");

  private ServerBinary() {}

  /**
   * Looks for a server where the system looks for programs.
   *
   * @param searchPath directories, as the variable PATH has them; may be null
   * @return the first of them, or empty
   */
  public static Optional<Path> find(String searchPath) {
    return NAMES.stream()
        .flatMap(
            name ->
                List.of((searchPath == null ? "" : searchPath).split(File.pathSeparator)).stream()
                    .filter(directory -> !directory.isEmpty())
                    .map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
