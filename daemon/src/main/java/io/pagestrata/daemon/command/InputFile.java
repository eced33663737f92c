// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that an option names and that a command reads later, when it can say less about it. */
final class InputFile {
  private InputFile() {}

  static void checkReadable(String option, Path file) throws InputException {
    if (Files.isDirectory(file) || !Files.isReadable(file)) {
      throw new InputException(option + ": " + file + " cannot be read");
    }
  }
}
