// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import io.pagestrata.tiers.file.SegmentFormat.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Finds out what a damaged file header said: by trying every flip of one bit, which the checksum
 * settles, or from the name, the manifest and a footer that is whole. Stateless.
 */
final class HeaderSalvage {
  private static final int FEWEST_SEGMENTS = 4;

  private HeaderSalvage() {}

  /**
   * Looks for the one bit that was flipped.
   *
   * @param bytes the header as it was read
   * @param fits whether a header is the one that is wanted
   * @return the right bytes, or null
   */
  static byte[] unflip(byte[] bytes, Predicate<SegmentFormat.Header> fits) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.clone());
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
      flip(buffer, bit);
      SegmentFormat.Header header = SegmentFormat.readHeader(buffer);
      if (header != null && fits.test(header)) {
        return buffer.array();
      }
      flip(buffer, bit);
    }
    return null;
  }

  private static void flip(ByteBuffer buffer, int bit) {
    int at = bit / Byte.SIZE;
    buffer.put(at, (byte) (buffer.get(at) ^ 1 << bit % Byte.SIZE));
  }

  /**
   * Makes a header anew for a segment whose footer and records are whole and not encrypted.
   *
   * @param segmentBytes most bytes of a segment of the store
   * @return its bytes, or null
   */
  static byte[] rebuild(
      SegmentFile file, String name, Manifest manifest, long segmentBytes, FileCounters counters)
      throws IOException {
    long bytes = file.size();
    int size = (int) Math.max(segmentBytes, Long.highestOneBit(bytes - 1) << 1);
    FileTierSettings settings = settings(manifest.pageBytes(), size);
    ByteBuffer buffer = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
    long sequence = SegmentNames.sequence(name);
    SegmentFormat.writeHeader(buffer, settings, manifest, true, sequence, Stream.WRITEBACK, null);
    // How many there were is not known; the segment is written again with the usual ones.
    SegmentFormat.setParityRows(buffer, 0);
    SegmentFormat.Header header = SegmentFormat.readHeader(buffer);
    Segment segment = new Segment(0, sequence, name, file, bytes, 1, null, counters);
    int[] found = new int[2];
    long end =
        new SegmentScan(settings)
            .scan(
                segment,
                bytes,
                header,
                new SegmentScan.Sink() {
                  @Override
                  public void record(
                      ByteBuffer memory, int offset, long position, int length, boolean whole) {
                    found[whole ? 0 : 1]++;
                  }

                  @Override
                  public void unknown(String ofName, long position, int length) {
                    found[1]++;
                  }
                });
    return end > 0 && found[0] > 0 && found[1] == 0 ? buffer.array() : null;
  }

  /**
   * Settings to read and write segments with; nothing but the sizes matters.
   *
   * @param segmentBytes rounded up to a power of two
   */
  static FileTierSettings settings(int pageBytes, int segmentBytes) {
    int atLeast = Math.max(FileTierSettings.MIN_SEGMENT_BYTES, segmentBytes);
    int size =
        Math.min(FileTierSettings.MAX_SEGMENT_BYTES, Integer.highestOneBit(atLeast - 1) << 1);
    return new FileTierSettings(
        Path.of(""), (long) FEWEST_SEGMENTS * size, size, pageBytes, false, 0, 1, 1, Duration.ZERO);
  }
}
