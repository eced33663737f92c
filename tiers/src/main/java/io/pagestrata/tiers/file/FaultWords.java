// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * What an exception of the file system means: the message of some is the name of a file and nothing
 * else, and what became of it is their type. Stateless and thread-safe.
 */
public final class FaultWords {
  private FaultWords() {}

  /**
   * Says it in words.
   *
   * @param fault any
   * @return file and reason, or the message of one that says all
   */
  public static String of(IOException fault) {
    if (!(fault instanceof FileSystemException inFiles)
        || inFiles.getReason() != null
        || inFiles.getFile() == null) {
      return fault.getMessage();
    }
    String file = inFiles.getFile();
    if (fault instanceof NoSuchFileException) {
      return file + " cannot be found or made";
    }
    if (fault instanceof AccessDeniedException) {
      return "access to " + file + " is denied";
    }
    if (fault instanceof FileAlreadyExistsException) {
      return file + " is there already, or something else of that name";
    }
    if (fault instanceof NotDirectoryException) {
      return file + " is no directory";
    }
    return file + ": " + fault.getClass().getSimpleName();
  }
}
