// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Takes files out of the page cache of the system, so that the next read comes from the medium. */
public final class PageCache {
  private PageCache() {}

  /**
   * Writes a file down and asks the system to forget what it keeps of it in memory.
   *
   * @param file nobody else maps it
   * @return false when this system cannot be asked
   * @throws IOException when the file cannot be opened or written down
   */
  public static boolean drop(Path file) throws IOException {
    LibC calls = LibC.ofThisSystem();
    if (calls == null) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(false);
    }
    int opened = -1;
    try {
      opened = calls.open(file.toString(), LibC.O_RDONLY);
      return calls.posix_fadvise(opened, 0, 0, LibC.POSIX_FADV_DONTNEED) == 0;
    } catch (LastErrorException e) {
      throw new IOException("Cannot take " + file + " out of the page cache", e);
    } finally {
      if (opened >= 0) {
        calls.close(opened);
      }
    }
  }
}
