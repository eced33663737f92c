// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.ZpageHeader;

/**
 * Where things lie: frames in memory, buddies in frames, and what a locator says.
 *
 * <pre>
 * locator  41      30 | 29    | 28        0
 *          tag        | buddy | frame             frames above the narrow ones are wide
 *
 * frame    first buddy ... -->                  <-- ... last buddy
 *          zpage, padding, backing locator if backed, both ends at a chunk
 * </pre>
 *
 * <p>A frame is one page of memory and a chunk is a 64th of it. A page that did not shrink makes a
 * zpage of more than a page, header included: it takes a <em>wide</em> frame of two pages, whose
 * rest is offered to a last buddy as in any other frame. A single frame size a little above a page
 * would waste less on such zpages, but frames would then share pages of the system, and a free
 * frame could not be given back. Immutable.
 */
final class FrameLayout {
  static final int FIRST = 0;
  static final int LAST = 1;

  /** Chunks of a wide frame, and so the largest free room. */
  static final int WIDE_CHUNKS = 128;

  private static final int NARROW_CHUNKS = 64;
  private static final int FRAME_BITS = 29;
  private static final int FRAME_MASK = (1 << FRAME_BITS) - 1;
  private static final int BUDDY_SHIFT = FRAME_BITS;
  private static final int TAG_SHIFT = FRAME_BITS + 1;
  private static final int USED_BITS = TAG_SHIFT + FrameWord.TAG_BITS;
  private static final int LEAST_FRAMES = 16;

  /** Word, links of ages and rooms, list and time of ages, place among the free ones. */
  private static final int TABLE_BYTES_PER_FRAME = 8 + 16 + 9 + 4;

  final int pageBytes;
  final int narrowFrames;
  final int wideFrames;
  final int frames;
  final int maxZpageBytes;

  private final int chunkShift;

  FrameLayout(long maxBytes, int pageBytes) {
    assert USED_BITS <= Tier.LOCATOR_BITS;
    this.pageBytes = pageBytes;
    maxZpageBytes = ZpageHeader.BYTES + pageBytes;
    chunkShift = Integer.numberOfTrailingZeros(pageBytes / NARROW_CHUNKS);
    long narrow = 2 * maxBytes / (2L * pageBytes + 3 * TABLE_BYTES_PER_FRAME);
    if (narrow < LEAST_FRAMES || narrow + narrow / 2 > 1L << FRAME_BITS) {
      throw new IllegalArgumentException(
          "RAM tier: "
              + maxBytes
              + " bytes cannot be cut into frames of "
              + pageBytes
              + " bytes: at least "
              + LEAST_FRAMES
              + " are needed, at most "
              + (1L << FRAME_BITS) / 3 * 2
              + " can be named");
    }
    narrowFrames = (int) narrow;
    wideFrames = narrowFrames / 2;
    frames = narrowFrames + wideFrames;
  }

  /** What the tables of all frames take, to be charged beside the frames. */
  long tableBytes() {
    return (long) frames * TABLE_BYTES_PER_FRAME;
  }

  boolean isWide(int frame) {
    return frame >= narrowFrames;
  }

  int frameBytes(int frame) {
    return isWide(frame) ? 2 * pageBytes : pageBytes;
  }

  /** Chunks that a zpage takes. */
  int chunks(int zpageBytes, boolean backed) {
    int bytes = zpageBytes + (backed ? Long.BYTES : 0);
    return bytes + (1 << chunkShift) - 1 >> chunkShift;
  }

  boolean needsWide(int chunks) {
    return chunks > NARROW_CHUNKS;
  }

  int bytes(int chunks) {
    return chunks << chunkShift;
  }

  /** Chunks that no buddy takes. */
  int room(int frame, long word) {
    int all = isWide(frame) ? WIDE_CHUNKS : NARROW_CHUNKS;
    return all - FrameWord.size(word, FIRST) - FrameWord.size(word, LAST);
  }

  /** First byte of a buddy, counted from the start of its frame. */
  int start(int frame, int buddy, int chunks) {
    return buddy == FIRST ? 0 : frameBytes(frame) - bytes(chunks);
  }

  /** Locator of a buddy of a frame in this state. */
  long locator(int frame, int buddy, long word) {
    return (long) FrameWord.tag(word, buddy) << TAG_SHIFT | (long) buddy << BUDDY_SHIFT | frame;
  }

  /** Whether a locator names a frame of this pool; readers may hold any number. */
  boolean isInPool(long locator) {
    return locator >>> USED_BITS == 0 && frame(locator) < frames;
  }

  int frame(long locator) {
    return (int) locator & FRAME_MASK;
  }

  int buddy(long locator) {
    return (int) (locator >>> BUDDY_SHIFT) & 1;
  }

  /** Whether the zpage that a locator names is in a frame of this state. */
  boolean isThere(long locator, long word) {
    int buddy = buddy(locator);
    return FrameWord.size(word, buddy) != 0
        && FrameWord.tag(word, buddy) == (int) (locator >>> TAG_SHIFT);
  }
}
