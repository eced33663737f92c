// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.EncryptionKeys;
import io.pagestrata.daemon.input.InputException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a file with a new key for the encryption of a file tier. */
@Command(
    name = "new-key",
    description =
        "Make a file with a new random key for encryption-key-file, which its owner alone can read, in a directory that is there."
            + " Whoever loses the key loses the pages.")
final class NewKeyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "File to make; must not exist.")
  private Path file;

  @Override
  public Integer call() throws Exception {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new InputException("no such directory: " + parent);
    }
    try {
      String id = EncryptionKeys.create(file);
      spec.commandLine().getOut().println(file + " holds the " + id);
    } catch (NoSuchFileException e) {
      // The directory is there, and takes no files, as that of a special file system.
      throw new InputException("no file can be made in " + parent);
    } catch (FileAlreadyExistsException e) {
      throw new ParameterException(spec.commandLine(), file + " exists; expected a free name", e);
    }
    return ExitStatus.OK;
  }
}
