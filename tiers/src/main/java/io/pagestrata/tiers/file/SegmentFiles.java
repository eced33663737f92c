// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The directory of a file tier: everything the tier asks of a file system, so that tests can put a
 * faulty or an in-memory one below it. Thread-safe. Names are plain file names.
 */
public interface SegmentFiles {
  /**
   * Uses a directory of the operating system, made when absent, readable by its owner only.
   *
   * @param directory where the files are
   * @param directIo whether reads and writes go past the page cache; then buffers, offsets and
   *     lengths must be multiples of 4096 bytes
   * @return the directory
   */
  static SegmentFiles inDirectory(Path directory, boolean directIo) {
    return new NioSegmentFiles(directory, directIo);
  }

  /**
   * Takes the directory for this user alone, against other processes and against others in this
   * process.
   *
   * @return closing it gives the directory back
   * @throws IOException when the directory is in use, cannot be made or does not offer what is
   *     configured; names the directory
   */
  Closeable lock() throws IOException;

  /**
   * Finds out whether the directory is still the one that was locked. A file that is open can be
   * written and forced although its directory is gone; whoever wrote there has written nothing that
   * a later start finds.
   *
   * @throws IOException when it was removed or replaced, or its lock was
   */
  default void checkPresent() throws IOException {}

  /**
   * Makes a new empty file.
   *
   * @param name a name that is not taken
   * @return the open file
   * @throws IOException when it exists or cannot be made
   */
  SegmentFile create(String name) throws IOException;

  /**
   * Opens an existing file.
   *
   * @param name its name
   * @return the open file
   * @throws IOException when there is none or it cannot be opened
   */
  SegmentFile open(String name) throws IOException;

  /**
   * Names of all regular files.
   *
   * @return names in no particular order
   * @throws IOException when the medium failed
   */
  List<String> list() throws IOException;

  /**
   * Names of all that is no regular file, such as directories and links.
   *
   * @return names in no particular order
   * @throws IOException when the medium failed
   */
  default List<String> listOthers() throws IOException {
    return List.of();
  }

  /**
   * Removes a file.
   *
   * @param name its name; nothing happens when there is none
   * @throws IOException when it cannot be removed
   */
  void delete(String name) throws IOException;

  /**
   * Gives a file another name in one step: repairs do, and a start that sets a file aside.
   *
   * @param from its name
   * @param to a name that is not taken
   * @throws IOException when it cannot be renamed
   */
  default void rename(String from, String to) throws IOException {
    throw new IOException(from + " cannot be renamed here");
  }

  /**
   * Gives a file the name of another, which goes in the same step.
   *
   * @param from its name
   * @param to name of the other
   * @throws IOException when it cannot be renamed
   */
  default void replace(String from, String to) throws IOException {
    throw new IOException(to + " cannot be replaced here");
  }

  /**
   * Waits until the directory itself is on the medium, when a store begins there.
   *
   * @throws IOException when the medium failed
   */
  default void forceEntry() throws IOException {}

  /**
   * Waits until every file made, renamed or removed before is so on the medium.
   *
   * @throws IOException when the medium failed
   */
  void forceDirectory() throws IOException;
}
