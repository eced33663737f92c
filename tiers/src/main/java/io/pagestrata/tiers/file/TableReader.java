// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds out where the records of sealed segments are: by the footer, or by the table in memory when
 * there is none. For one thread.
 */
final class TableReader {
  private final RecordTable footerTable;

  TableReader(FileTierSettings settings) {
    footerTable = new RecordTable(settings.recordAlignment());
  }

  /**
   * Reads the table of a segment.
   *
   * @param buffer taken for the footer when it is large enough
   * @param bufferBytes what may be read into it
   * @return the table, good until the next call; null when the footer is damaged
   */
  RecordTable read(Segment segment, ByteBuffer buffer, int bufferBytes) throws IOException {
    RecordTable table = segment.tableWithoutFooter();
    if (table != null) {
      return table;
    }
    int bytes = (int) (segment.fileBytes() - segment.dataEnd());
    ByteBuffer footer =
        bytes <= bufferBytes
            ? buffer
            : AlignedBuffers.allocate(bytes + 2 * AlignedBuffers.BLOCK_BYTES);
    int start = segment.read(footer, segment.dataEnd(), bytes);
    boolean whole =
        SegmentFormat.readFooter(
            footer, start, bytes, segment.dataEnd(), segment.sequence(), footerTable);
    return whole ? footerTable : null;
  }
}
