// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large an index is and how it is cut, which its file name says: a file of another shape is not
 * opened but thrown away. Immutable.
 *
 * @param chunks most parts that it holds
 * @param chunkBytes bytes for a part and its key
 */
record IndexShape(long chunks, int chunkBytes) {
  /** Parts of the list of one segment at most, so that sequence and part fit into a key. */
  static final int MOST_PARTS = 1 << 16;

  static final int KEY_BYTES = Long.BYTES;

  private static final int PART_BITS = 16;
  private static final int MOST_CHUNK_BYTES = 32 << 10;
  private static final int LEAST_CHUNK_BYTES = 4 << 10;

  /** Chunks of this part of a segment; segments of the usual size have chunks of 32 KiB. */
  private static final int CHUNKS_PER_SEGMENT = 32;

  /**
   * Records of this size on average fill segments and index alike; smaller ones the index first.
   */
  private static final int MEAN_RECORD_BYTES = 512;

  /** What the library keeps beside key and value: the size of the value, and some room to spare. */
  private static final int SPARE_BYTES = LocationList.RECORD_BYTES - KEY_BYTES;

  private static final Pattern NAME =
      Pattern.compile("index-([0-9]{1,18})-([0-9]{1,8})-([0-9]{1,18})\\.pci");

  static final String NEW_NAME = "index-new.pci";

  /** The shape for a tier of this size. */
  static IndexShape of(long maxBytes, int segmentBytes, int segments) {
    int chunkBytes =
        Math.max(LEAST_CHUNK_BYTES, Math.min(MOST_CHUNK_BYTES, segmentBytes / CHUNKS_PER_SEGMENT));
    long perChunk = IndexPart.recordsPerPart(valueBytes(chunkBytes));
    return new IndexShape(maxBytes / MEAN_RECORD_BYTES / perChunk + segments, chunkBytes);
  }

  private static int valueBytes(int chunkBytes) {
    return chunkBytes - KEY_BYTES - SPARE_BYTES;
  }

  /** Length of every value. */
  int valueBytes() {
    return valueBytes(chunkBytes);
  }

  static long key(long sequence, int part) {
    return sequence << PART_BITS | part;
  }

  /** Bytes of the file before the chunks, at most. */
  long headBytes(long fileBytes) {
    return fileBytes - chunks * chunkBytes;
  }

  String name(long fileBytes) {
    return "index-" + chunks + "-" + chunkBytes + "-" + fileBytes + ".pci";
  }

  static boolean isName(String name) {
    return name.equals(NEW_NAME) || NAME.matcher(name).matches();
  }

  /** Whether a file of this name and length has this shape and is as long as it was made. */
  boolean fits(Path file, long fileBytes) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    return matcher.matches()
        && Long.parseLong(matcher.group(1)) == chunks
        && Integer.parseInt(matcher.group(2)) == chunkBytes
        && Long.parseLong(matcher.group(3)) == fileBytes
        && headBytes(fileBytes) > 0;
  }
}
