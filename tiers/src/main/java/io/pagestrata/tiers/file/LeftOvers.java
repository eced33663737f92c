// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The segments that an earlier run of a volatile store left. Stateless. */
final class LeftOvers {
  private LeftOvers() {}

  /**
   * Deletes them; other files stay, whatever their name.
   *
   * @param names of files that may be segments
   * @param owner what to say of one that belongs to a durable store
   * @throws IOException when one does; nothing was deleted then
   */
  static void delete(SegmentFiles files, Collection<String> names, String owner)
      throws IOException {
    ByteBuffer start = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
    List<String> leftOvers = new ArrayList<>();
    for (String name : names) {
      try (SegmentFile file = files.open(name)) {
        start.clear();
        if (file.readFully(start, 0) && SegmentFormat.isSegment(start)) {
          SegmentFormat.Header header = SegmentFormat.readHeader(start);
          if (header != null && header.survives()) {
            throw new IOException(name + " belongs to a durable store; " + owner);
          }
          leftOvers.add(name);
        }
      }
    }
    for (String name : leftOvers) {
      files.delete(name);
    }
  }
}
