// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.Units;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks page sizes before anything is opened. */
final class PageSize {
  private static final long LEAST_BYTES = 4096;
  private static final long MOST_BYTES = 65536;

  private PageSize() {}

  static int check(CommandSpec spec, long bytes) {
    if (bytes < LEAST_BYTES || bytes > MOST_BYTES || Long.bitCount(bytes) != 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--page-size " + Units.formatBytes(bytes) + " is not a power of two from 4KiB to 64KiB");
    }
    return (int) bytes;
  }
}
