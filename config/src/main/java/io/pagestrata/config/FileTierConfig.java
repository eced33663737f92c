// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.file.Path;

/**
 * The packed segment files. Immutable; checked as part of a {@link PagestrataConfig}. What each
 * value means stands in {@link Settings}.
 *
 * @param name name in statistics and log lines
 * @param directory where the segment files lie; owned by one store at a time
 * @param maxBytes size of all segment files together
 * @param segmentBytes size of one segment file
 * @param directIo whether segments are read and written around the page cache
 */
public record FileTierConfig(
    String name, Path directory, long maxBytes, int segmentBytes, boolean directIo)
    implements TierConfig {
  static FileTierConfig from(SectionDraft draft) {
    return new FileTierConfig(
        draft.get(Settings.FILE_NAME),
        draft.get(Settings.FILE_DIRECTORY),
        draft.get(Settings.FILE_MAX_SIZE),
        Math.toIntExact(draft.get(Settings.FILE_SEGMENT_SIZE)),
        draft.get(Settings.FILE_DIRECT_IO));
  }
}
