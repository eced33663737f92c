// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A place to append: at most one open block, filled from its start.
 *
 * <p>Every shard is one, and so is every survivor block of cleaning. All fields are guarded by
 * {@link #lock}; a zpage is copied under it, which takes about 100 ns.
 */
final class OpenBlock {
  static final int NONE = -1;

  final ReentrantLock lock = new ReentrantLock();

  private final Layout layout;
  private final Blocks blocks;
  private final FreeRegions freeBlocks;
  private final ByteBuffer[] slabs;

  private int block = NONE;
  private ByteBuffer slab;
  private int slabOffset;
  private int filledBytes;
  private long zpages;
  private long zpageBytes;
  private long writtenBytes;

  OpenBlock(Layout layout, Blocks blocks, FreeRegions freeBlocks, ByteBuffer[] slabs) {
    this.layout = layout;
    this.blocks = blocks;
    this.freeBlocks = freeBlocks;
    this.slabs = slabs;
  }

  /** Number of the open block, or {@link #NONE}. */
  int block() {
    return block;
  }

  boolean hasRoom(int footprintBytes) {
    return block != NONE && footprintBytes <= layout.blockBytes - filledBytes;
  }

  boolean isEmpty() {
    return filledBytes == 0;
  }

  /** Bytes filled so far. */
  int filledBytes() {
    return filledBytes;
  }

  /**
   * Seals the block and opens the next one, if there is one for this intent; without one the open
   * block stays, unless nothing in it is alive.
   *
   * @return true when a block became free meanwhile
   */
  boolean openNext(StoreIntent intent, long age, long nanos, boolean kept) {
    boolean freed = block != NONE && BlockWord.liveBytes(blocks.word(block)) == 0 && seal();
    int taken = freeBlocks.take(intent);
    if (taken == FreeRegions.NONE) {
      return freed;
    }
    freed |= seal();
    blocks.open(taken, age, nanos, kept);
    block = taken;
    slab = slabs[layout.slab(taken)];
    slabOffset = layout.slabOffset(taken);
    filledBytes = 0;
    return freed;
  }

  /** Appends a zpage for which there is room. */
  long append(ByteBuffer zpage, int offset, int bytes, long backing, int footprint, long nanos) {
    boolean backed = backing != UpperTier.NO_BACKING;
    int at = filledBytes;
    layout.write(
        slab,
        slabOffset + at,
        slabOffset + layout.blockBytes,
        zpage,
        offset,
        bytes,
        backed,
        backing);
    filledBytes = at + footprint;
    blocks.setFilled(block, filledBytes, nanos);
    blocks.addLive(block, footprint);
    zpages++;
    zpageBytes += bytes;
    writtenBytes += footprint;
    return layout.locator(block, at, footprint, backed);
  }

  /** Ends the block, if there is one; true when nothing in it was alive and it became free. */
  boolean seal() {
    int sealed = block;
    block = NONE;
    filledBytes = 0;
    if (sealed == NONE || !blocks.seal(sealed)) {
      return false;
    }
    freeBlocks.put(sealed);
    return true;
  }

  /** Forgets the block, since the pool is closed. */
  void abandon() {
    block = NONE;
    filledBytes = 0;
  }

  /** Zpages ever appended. */
  long zpages() {
    return zpages;
  }

  /** Their bytes, headers included. */
  long zpageBytes() {
    return zpageBytes;
  }

  /** Bytes of blocks they filled. */
  long writtenBytes() {
    return writtenBytes;
  }
}
