// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small files that are read and written as a whole. Stateless but for the directory. */
final class WholeFiles {
  private static final int MOST_BYTES = 64 << 20;

  private final SegmentFiles files;

  WholeFiles(SegmentFiles files) {
    this.files = files;
  }

  /** Files whose names have this form, by the number in its first group. */
  SortedMap<Long, String> names(Pattern form) throws IOException {
    SortedMap<Long, String> names = new TreeMap<>();
    for (String name : files.list()) {
      Matcher matcher = form.matcher(name);
      if (matcher.matches()) {
        names.put(Long.parseLong(matcher.group(1)), name);
      }
    }
    return names;
  }

  /** Reads a file; null when its length cannot be right or it ends before. */
  ByteBuffer read(String name) throws IOException {
    try (SegmentFile file = files.open(name)) {
      long bytes = file.size();
      if (bytes == 0 || bytes > MOST_BYTES || bytes % AlignedBuffers.BLOCK_BYTES != 0) {
        return null;
      }
      ByteBuffer buffer = AlignedBuffers.allocate((int) bytes);
      return file.readFully(buffer, 0) ? buffer.flip() : null;
    }
  }

  /** Writes a file, whole blocks; it is on the medium when the call returns. */
  void write(String name, ByteBuffer bytes) throws IOException {
    // Left by a write that failed half way.
    files.delete(name);
    try (SegmentFile file = files.create(name)) {
      while (bytes.hasRemaining()) {
        if (file.write(bytes, bytes.position()) <= 0) {
          throw new IOException(name + " takes no more bytes");
        }
      }
      file.force();
    }
    files.forceDirectory();
  }

  /**
   * Writes a file by another name and lets it take the place of one that is on the medium. A force
   * that failed, even one of a process before, leaves the old file there, whatever reads show.
   */
  void replace(String name, String interim, ByteBuffer bytes) throws IOException {
    write(interim, bytes);
    files.replace(interim, name);
    files.forceDirectory();
  }

  void delete(String name) throws IOException {
    files.delete(name);
  }
}
