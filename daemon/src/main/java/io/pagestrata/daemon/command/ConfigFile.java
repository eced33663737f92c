// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.yaml.YamlConfig;
import io.pagestrata.daemon.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration file that a user named. */
final class ConfigFile {
  private ConfigFile() {}

  static DaemonConfig read(Path file) throws InputException {
    // Of a link to itself nobody can say that it is not there.
    if (Files.notExists(file)) {
      throw new InputException("no such file: " + file);
    }
    if (Files.isDirectory(file)) {
      throw new InputException("a directory, not a file: " + file);
    }
    try {
      return YamlConfig.readDaemon(file);
    } catch (IOException e) {
      throw new InputException("cannot read the configuration: " + Failures.describe(e));
    }
  }
}
