// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.StoreFiles;
import io.pagestrata.core.check.DirectoryInUseException;
import io.pagestrata.daemon.input.InputException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks whether the directory that a command was given can be that of a store. Stateless. */
final class StoreDirectory {
  private StoreDirectory() {}

  static void check(Path directory) throws IOException, InputException {
    if (Files.notExists(directory)) {
      throw new InputException("no such directory: " + directory);
    }
    // Nobody can tell whether it exists, and so it is not one that a user named wrongly.
    if (!Files.exists(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
    if (!Files.isDirectory(directory)) {
      throw new InputException("not a directory: " + directory);
    }
    if (!StoreFiles.existIn(directory)) {
      Optional<String> user = StoreFiles.user(directory);
      if (user.isPresent()) {
        throw new DirectoryInUseException(
            "Directory "
                + directory
                + " is in use by "
                + user.get()
                + "; it holds no page and no manifest: the store is volatile, and its next start"
                + " deletes everything");
      }
      throw new InputException("no store in " + directory);
    }
  }
}
