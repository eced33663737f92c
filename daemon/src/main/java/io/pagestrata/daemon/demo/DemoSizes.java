// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.config.Units;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.InputPages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory and disk the demo may use.
 *
 * @param ramBytes memory of the store
 * @param diskBytes most bytes of segments
 * @param segmentBytes size of one segment
 */
record DemoSizes(long ramBytes, long diskBytes, long segmentBytes) {
  static final long MIB = 1L << 20;
  private static final int DATA_TIMES_RAM = 6;
  static final long MOST_RAM_BYTES = MIB << 20;
  static final long MOST_SEGMENT_BYTES = 64 * MIB;
  private static final long LEAST_SEGMENT_BYTES = MIB;
  static final int LEAST_SEGMENTS = 8;

  static DemoSizes of(DemoSettings settings, InputPages input, Path directory)
      throws InputException, IOException {
    long dataBytes = (long) input.pages() * input.pageBytes();
    long disk =
        settings
            .diskBytes()
            .orElse(Math.max(LEAST_SEGMENTS * LEAST_SEGMENT_BYTES, roundUp(2 * dataBytes, MIB)));
    long segment = segmentBytes(disk);
    long least = DemoStore.leastRamBytes(settings.pageBytes(), segment, settings.remote());
    long ram =
        settings.ramBytes().orElse(Math.max(least, roundUp(dataBytes / DATA_TIMES_RAM, MIB)));
    long free = Files.getFileStore(existing(directory)).getUsableSpace();
    if (settings.diskBytes().isEmpty() && free < dataBytes) {
      throw new InputException(
          directory
              + " has only "
              + Units.formatBytes(free / MIB * MIB)
              + " free for "
              + Units.formatBytes(roundUp(dataBytes, MIB))
              + " of data: give --disk-dir DIR or --disk SIZE");
    }
    return new DemoSizes(ram, disk, segment);
  }

  /** A directory that is still to be made lies where the nearest existing one above it lies. */
  private static Path existing(Path directory) {
    Path place = directory.toAbsolutePath();
    while (!Files.exists(place) && place.getParent() != null) {
      place = place.getParent();
    }
    return place;
  }

  /** Small disks get small segments, so that the cleaner has some to choose from. */
  private static long segmentBytes(long diskBytes) {
    long bytes = MOST_SEGMENT_BYTES;
    while (bytes > LEAST_SEGMENT_BYTES && diskBytes / bytes < LEAST_SEGMENTS) {
      bytes /= 2;
    }
    return bytes;
  }

  static long roundUp(long bytes, long unit) {
    return (bytes + unit - 1) / unit * unit;
  }
}
