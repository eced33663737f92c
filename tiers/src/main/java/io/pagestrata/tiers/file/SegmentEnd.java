// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

/**
 * Where a segment without footer ends, and what of it was on the medium for certain. A start and a
 * check must not differ in that: what one of them finds harmless the other must not refuse.
 *
 * @param end of the records that were found, and of the gap behind them
 * @param forced where the records ended for certain, as the manifest, a trailer or the segment that
 *     came next says; 0 when nothing says it
 * @param tornFrom from here on a crash explains what is not whole
 */
record SegmentEnd(long end, long forced, long tornFrom) {
  /**
   * Says it of one segment.
   *
   * @param lastRecord end of the last record that was found
   * @param listed end of its records in the manifest, 0 when that does not know
   * @param claimed the same in a trailer, be its footer whole or not; 0 without
   * @param marked the same in the header of the segment that came next; 0 when that is gone
   */
  static SegmentEnd of(
      SegmentFormat.Header header, long lastRecord, long listed, long claimed, long marked) {
    long end = AlignedBuffers.ceil(lastRecord, header.blockBytes());
    long forced = Math.max(Math.max(listed, claimed), marked);
    // A batch is forced before the next is written: what is farther from the end was on the medium.
    return new SegmentEnd(end, forced, Math.max(end - mostBatchBytes(header), forced));
  }

  private static long mostBatchBytes(SegmentFormat.Header header) {
    long batchBytes = FileTierSettings.maxBatchBytes(header.segmentBytes());
    return header.seal() == null ? batchBytes : FileTierSettings.sealedBytes(batchBytes);
  }

  /** Whether records are missing that were on the medium for certain. */
  boolean isShort() {
    return forced > end;
  }
}
