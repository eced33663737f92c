// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

/**
 * Settings of a {@code zsmalloc} pool, checked as they are made. Immutable.
 *
 * @param maxBytes most memory for zspages, handles and ages together
 * @param pageBytes page size of the store, which is also the size of a frame
 * @param zspageFrames most frames chained to a zspage, 1 to 16; a small pool chains fewer, since
 *     every size class keeps one zspage half empty
 * @param compactBelowUsedShare a size class with a smaller share of used slots is compacted when
 *     that frees a zspage, 0 to 1; 0 for never, 1 for always
 * @param preTouch true to make all frames resident at the start
 */
public record ZsmallocSettings(
    long maxBytes,
    int pageBytes,
    int zspageFrames,
    double compactBelowUsedShare,
    boolean preTouch) {
  /** Frames chained at most, when nothing else is said. */
  public static final int ZSPAGE_FRAMES = 8;

  /** Used share of a size class below which it is compacted, when nothing else is said. */
  public static final double COMPACT_BELOW = 0.98;

  private static final int MOST_ZSPAGE_FRAMES = 16;
  private static final int LEAST_FRAMES = 16;
  private static final int MIN_PAGE_BYTES = 4 << 10;
  private static final int MAX_PAGE_BYTES = 64 << 10;

  /**
   * Checks every value.
   *
   * @param maxBytes as above
   * @param pageBytes as above
   * @param zspageFrames as above
   * @param compactBelowUsedShare as above
   * @param preTouch as above
   * @throws IllegalArgumentException when a value is out of range
   */
  public ZsmallocSettings {
    check(
        Integer.bitCount(pageBytes) == 1
            && pageBytes >= MIN_PAGE_BYTES
            && pageBytes <= MAX_PAGE_BYTES,
        "a page size from 4 KiB to 64 KiB, a power of two",
        pageBytes);
    long frames = maxBytes / pageBytes;
    check(
        frames >= LEAST_FRAMES && frames <= HandleWord.MAX_FRAMES,
        "a size of " + LEAST_FRAMES + " to " + HandleWord.MAX_FRAMES + " pages",
        maxBytes + " bytes");
    check(
        zspageFrames >= 1 && zspageFrames <= MOST_ZSPAGE_FRAMES,
        "chains of 1 to " + MOST_ZSPAGE_FRAMES + " frames",
        zspageFrames);
    check(
        compactBelowUsedShare >= 0 && compactBelowUsedShare <= 1,
        "a compaction threshold from 0 to 1",
        compactBelowUsedShare);
  }

  private static void check(boolean right, String expected, Object found) {
    if (!right) {
      throw new IllegalArgumentException("zsmalloc: expected " + expected + ", found " + found);
    }
  }

  /**
   * Settings with every default.
   *
   * @param maxBytes most memory
   * @param pageBytes page size of the store
   * @return chains of up to 8 frames, compaction below 0.98, no pre-touch
   */
  public static ZsmallocSettings of(long maxBytes, int pageBytes) {
    return new ZsmallocSettings(maxBytes, pageBytes, ZSPAGE_FRAMES, COMPACT_BELOW, false);
  }
}
