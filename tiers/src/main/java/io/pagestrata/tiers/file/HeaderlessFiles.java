// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Files with the name of a segment that a start finds too short for a header: their making was cut
 * off before any record was in them, or somebody cut them off since. For one thread.
 */
final class HeaderlessFiles {
  private static final Logger LOG = LogManager.getLogger(HeaderlessFiles.class);

  private final SegmentFiles files;
  private final FileCounters counters;
  private final SortedMap<Long, String> names = new TreeMap<>();

  HeaderlessFiles(SegmentFiles files, FileCounters counters) {
    this.files = files;
    this.counters = counters;
  }

  void add(long sequence, String name) {
    names.put(sequence, name);
  }

  /**
   * Takes them out of the way. One that holds nothing is deleted; another may have been cut off
   * since, and stays for those who look for it.
   *
   * @param markedEnds where the records of segments end, as the headers of all others say
   * @return how many there were
   * @throws IOException when one of them held records; nothing was changed then
   */
  int putAway(Map<Long, Long> markedEnds) throws IOException {
    for (Map.Entry<Long, String> one : names.entrySet()) {
      long end = markedEnds.getOrDefault(one.getKey(), 0L);
      if (end > SegmentFormat.HEADER_BYTES) {
        throw new IOException(
            one.getValue() + " was cut off: its records ended at " + end + SegmentList.ADVICE);
      }
    }
    for (String name : names.values()) {
      putAway(name);
    }
    return names.size();
  }

  private void putAway(String name) throws IOException {
    boolean holdsBytes;
    try (SegmentFile file = files.open(name)) {
      holdsBytes = holdsBytes(file);
    }
    if (holdsBytes) {
      String aside = SegmentNames.free(files.list(), name + SegmentNames.ASIDE);
      files.rename(name, aside);
      counters.errors.increment();
      LOG.warn(
          "{} has no header: either its making was cut off, or the file was cut since; it is set"
              + " aside as {}",
          name,
          aside);
    } else {
      files.delete(name);
    }
  }

  private static boolean holdsBytes(SegmentFile file) throws IOException {
    ByteBuffer bytes = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
    file.readFully(bytes, 0);
    bytes.flip();
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return true;
      }
    }
    return false;
  }
}
