// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

import java.util.Map;

/**
 * One segment file, as it was found.
 *
 * @param name of the file
 * @param sequence number of the segment
 * @param version read version of its format
 * @param stream {@code writeback}, {@code cleaning}, or {@code unknown}
 * @param state {@code sealed}, {@code open} or {@code damaged}, when nothing in it can be read
 * @param encryption id of the key that its records are encrypted with, or {@code none}
 * @param fileBytes length of the file
 * @param modifiedMillis when it was written last, in milliseconds since 1970-01-01 UTC
 * @param records whole records in it, tombstones included
 * @param tombstones how many of them say that a page was removed
 * @param damaged records that are not as they were written
 * @param recordBytes bytes of the whole records, fill included
 * @param liveRecords records that are the newest of their page, tombstones not included
 * @param liveBytes bytes of those
 * @param lowestGeneration of the whole records, 0 when there are none
 * @param highestGeneration of the whole records, 0 when there are none
 * @param codecs payload bytes by the name of the codec that made them
 */
public record SegmentFacts(
    String name,
    long sequence,
    int version,
    String stream,
    String state,
    String encryption,
    long fileBytes,
    long modifiedMillis,
    long records,
    long tombstones,
    long damaged,
    long recordBytes,
    long liveRecords,
    long liveBytes,
    long lowestGeneration,
    long highestGeneration,
    Map<String, Long> codecs) {
  /**
   * Copies the map.
   *
   * @param name of the file
   * @param sequence number of the segment
   * @param version read version of its format
   * @param stream what it was written for
   * @param state how it was left
   * @param encryption id of the key
   * @param fileBytes length of the file
   * @param modifiedMillis when it was written last
   * @param records whole records
   * @param tombstones records of removed pages
   * @param damaged damaged records
   * @param recordBytes bytes of the whole records
   * @param liveRecords newest records
   * @param liveBytes bytes of those
   * @param lowestGeneration of the whole records
   * @param highestGeneration of the whole records
   * @param codecs payload bytes by codec
   */
  public SegmentFacts {
    codecs = Map.copyOf(codecs);
  }

  /**
   * How much of the records is alive.
   *
   * @return live bytes / bytes of the whole records, NaN without records
   */
  public double liveRatio() {
    return (double) liveBytes / recordBytes;
  }
}
