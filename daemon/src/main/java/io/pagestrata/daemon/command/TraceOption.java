// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The option of benchmarks that can replay swap traffic. */
final class TraceOption {
  @Option(
      names = "--trace",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Replay recorded swap traffic, too; docs/benchmarks.md has its form.")
  private List<Path> files = List.of();

  List<Path> files() {
    return files;
  }
}
