// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.crypt;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Rights of new files and directories that nobody but their owner may look into. Stateless. */
public final class OwnerOnly {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private OwnerOnly() {}

  /**
   * Rights of a file.
   *
   * @return nothing where the file system knows no owners
   */
  public static FileAttribute<?>[] file() {
    return rights("rw-------");
  }

  /**
   * Rights of a directory.
   *
   * @return nothing where the file system knows no owners
   */
  public static FileAttribute<?>[] directory() {
    return rights("rwx------");
  }

  private static FileAttribute<?>[] rights(String rights) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }
}
