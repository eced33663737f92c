// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at the place of a file before minutes of work are spent on its content. */
final class ReportFile {
  private ReportFile() {}

  static void checkWritable(Path file) throws InputException {
    checkWritable("report", file);
  }

  static void checkWritable(String content, Path file) throws InputException {
    if (file == null) {
      return;
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw wrong(content, file, "there is no directory " + directory);
    }
    if (Files.isDirectory(file)) {
      throw wrong(content, file, "it is a directory");
    }
    if (!(Files.exists(file) ? Files.isWritable(file) : Files.isWritable(directory))) {
      throw wrong(content, file, "access denied");
    }
  }

  private static InputException wrong(String content, Path file, String why) {
    return new InputException("cannot write the " + content + " " + file + ": " + why);
  }
}
