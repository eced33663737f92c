// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where things lie: locators, blocks in slabs, and zpages in blocks.
 *
 * <pre>
 * locator  47                    11 | 10     | 9     0
 *          position, in units       | backed | length, in units       unit = pageBytes / 512
 *
 * zpage    header | payload | 0..7 pad | mark    | pad to unit | next header ...
 *                                       8 bytes: backing locator with bit 63 set: a trailer,
 *                                       belongs to the zpage; else zero, not counted,
 *                                       the next header may overwrite it; none at block end
 * </pre>
 *
 * <p>Whether a zpage has a trailer must be known in a walk over a block, and the bytes of the zpage
 * must not change for it. The first eight bytes of a header, read little-endian, are never
 * negative, since their top bit is {@link ZpageHeader#FLAG_NEVER_SET}. So a negative word behind a
 * zpage is its trailer, and anything else is not: no table, no extra byte. The zero mark keeps
 * leftovers of the block's earlier life from being taken for a trailer.
 *
 * <p>The locator holds the length as well, so that {@code free} neither waits for a cache miss nor
 * trusts a header that a memory error may have changed. Immutable.
 */
final class Layout {
  private static final int LENGTH_BITS = 10;
  private static final long BACKED = 1L << LENGTH_BITS;
  private static final int POSITION_SHIFT = LENGTH_BITS + 1;
  private static final int POSITION_BITS = 48 - POSITION_SHIFT;
  private static final int UNIT_SHIFT_BELOW_PAGE = 9;
  private static final int MARK_BYTES = Long.BYTES;
  private static final int MIN_BLOCK_BYTES = 64 << 10;
  private static final int MAX_BLOCK_BYTES = 1 << 20;
  private static final int BLOCKS_AIMED_AT = 1024;
  private static final int BLOCKS_WANTED = 64;
  private static final int BLOCKS_NEEDED = 4;

  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  final int blockBytes;
  final int blocks;
  final int maxZpageBytes;

  private final int blockShift;
  private final int unitShift;
  private final int blockUnitsShift;
  private final int slabShift;
  private final int slabMask;

  /** Picks the block size when {@code wantedBlockBytes} is 0; it is a power of two otherwise. */
  Layout(long maxBytes, int pageBytes, int wantedBlockBytes) {
    maxZpageBytes = ZpageHeader.BYTES + pageBytes;
    int smallest = Integer.highestOneBit(2 * (maxZpageBytes + MARK_BYTES) - 1) << 1;
    blockBytes = wantedBlockBytes == 0 ? automaticBlockBytes(maxBytes, smallest) : wantedBlockBytes;
    if (Integer.bitCount(blockBytes) != 1
        || blockBytes < smallest
        || blockBytes > BlockWord.MAX_BLOCK_BYTES) {
      throw new IllegalArgumentException(
          "RAM tier: block size must be a power of two from "
              + smallest
              + " bytes (two zpages) to "
              + BlockWord.MAX_BLOCK_BYTES
              + " bytes, found "
              + blockBytes);
    }
    blockShift = Integer.numberOfTrailingZeros(blockBytes);
    unitShift = Integer.numberOfTrailingZeros(pageBytes) - UNIT_SHIFT_BELOW_PAGE;
    blockUnitsShift = blockShift - unitShift;
    slabShift = Integer.numberOfTrailingZeros(OffHeapMemory.SLAB_BYTES) - blockShift;
    slabMask = (1 << slabShift) - 1;
    long count = maxBytes >> blockShift;
    if (count < BLOCKS_NEEDED || count > 1L << Math.min(30, POSITION_BITS - blockUnitsShift)) {
      throw new IllegalArgumentException(
          "RAM tier: "
              + maxBytes
              + " bytes cannot be cut into blocks of "
              + blockBytes
              + " bytes: at least "
              + BLOCKS_NEEDED
              + " are needed, at most "
              + (1L << Math.min(30, POSITION_BITS - blockUnitsShift))
              + " can be named");
    }
    blocks = (int) count;
  }

  private static int automaticBlockBytes(long maxBytes, int smallest) {
    long aim = Long.highestOneBit(Math.max(1, maxBytes / BLOCKS_AIMED_AT));
    int size = (int) Math.max(MIN_BLOCK_BYTES, Math.min(MAX_BLOCK_BYTES, aim));
    while (size > smallest && maxBytes / size < BLOCKS_WANTED) {
      size >>= 1;
    }
    return Math.max(size, smallest);
  }

  /** Room that a zpage takes in a block, trailer and alignment included. */
  int footprintBytes(int zpageBytes, boolean backed) {
    int end = align(zpageBytes, MARK_BYTES) + (backed ? MARK_BYTES : 0);
    return align(end, 1 << unitShift);
  }

  /**
   * What a block filled so far could hold: the end into which no zpage may have fitted does not
   * count, or cleaning would copy blocks of few large zpages for ever and gain nothing.
   */
  int fillable(int filledBytes) {
    return blockBytes - filledBytes < footprintBytes(maxZpageBytes, true)
        ? filledBytes
        : blockBytes;
  }

  private static int align(int bytes, int alignment) {
    return (bytes + alignment - 1) & -alignment;
  }

  long locator(int block, int offset, int footprintBytes, boolean backed) {
    long position = (((long) block << blockShift) + offset) >> unitShift;
    return position << POSITION_SHIFT | (backed ? BACKED : 0) | footprintBytes >> unitShift;
  }

  /** Whether a locator names a block of this pool and a length; readers may hold any number. */
  boolean isInPool(long locator) {
    return locator >>> POSITION_SHIFT + blockUnitsShift < blocks && (locator & BACKED - 1) != 0;
  }

  /** Number of the block, which may be too large when the locator is not one of ours. */
  int block(long locator) {
    return (int) (locator >>> POSITION_SHIFT + blockUnitsShift);
  }

  int offset(long locator) {
    int unit = (int) (locator >>> POSITION_SHIFT) & (1 << blockUnitsShift) - 1;
    return unit << unitShift;
  }

  boolean isBacked(long locator) {
    return (locator & BACKED) != 0;
  }

  int footprintBytes(long locator) {
    return (int) (locator & BACKED - 1) << unitShift;
  }

  int slab(int block) {
    return block >>> slabShift;
  }

  /** First byte of a block in its slab. */
  int slabOffset(int block) {
    return (block & slabMask) << blockShift;
  }

  /**
   * Copies a zpage into a block and puts the right mark behind it. A trailer ends the footprint as
   * well, where it is found without the length in the header, which may be damaged; in most page
   * sizes that is the same place.
   *
   * @param slab target, {@code at} absolute in it, {@code blockEnd} the first byte after the block
   */
  void write(
      ByteBuffer slab,
      int at,
      int blockEnd,
      ByteBuffer zpage,
      int offset,
      int bytes,
      boolean backed,
      long backing) {
    if ((long) WORD.get(zpage, offset) < 0) {
      throw new IllegalArgumentException("zpage header with the flag that is never set");
    }
    slab.put(at, zpage, offset, bytes);
    int mark = at + align(bytes, MARK_BYTES);
    if (backed) {
      WORD.set(slab, mark, backing | Long.MIN_VALUE);
      WORD.set(slab, lastMark(at, footprintBytes(bytes, true)), backing | Long.MIN_VALUE);
    } else if (mark < blockEnd) {
      WORD.set(slab, mark, 0L);
    }
  }

  /**
   * Trailer of a zpage: its backing locator, or -1 when it has none.
   *
   * @param end first byte after what was written
   */
  long trailer(ByteBuffer slab, int at, int zpageBytes, int end) {
    int footprintBytes = footprintBytes(zpageBytes, true);
    if (at + footprintBytes > end
        || (long) WORD.get(slab, at + align(zpageBytes, MARK_BYTES)) >= 0) {
      return -1;
    }
    return trailer(slab, at, footprintBytes);
  }

  /** Trailer of a zpage that is known to have one. */
  long trailer(ByteBuffer slab, int at, int footprintBytes) {
    return (long) WORD.get(slab, lastMark(at, footprintBytes)) & Long.MAX_VALUE;
  }

  private static int lastMark(int at, int footprintBytes) {
    return at + footprintBytes - MARK_BYTES;
  }
}
