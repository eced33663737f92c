// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies what is alive in a sparse block to survivor blocks, so that the block becomes free.
 *
 * <p>It moves what the host says is alive and can be repointed; a zpage stored but not yet
 * published stays where it is and keeps its block. Used by one thread at a time.
 */
final class Cleaner {
  private final Layout layout;
  private final Blocks blocks;
  private final ByteBuffer[] slabs;
  private final Survivors survivors;
  private final FreeRegions freeBlocks;

  /** Written by the one thread that cleans, read by statistics. */
  private final AtomicLong movedZpages = new AtomicLong();

  private final AtomicLong movedBytes = new AtomicLong();
  private final AtomicLong emptiedBlocks = new AtomicLong();
  private volatile boolean foundRoom = true;

  Cleaner(
      Layout layout,
      Blocks blocks,
      ByteBuffer[] slabs,
      Survivors survivors,
      FreeRegions freeBlocks) {
    this.layout = layout;
    this.blocks = blocks;
    this.slabs = slabs;
    this.survivors = survivors;
    this.freeBlocks = freeBlocks;
  }

  /**
   * Cleans a block that the caller took and pinned; the caller unpins it.
   *
   * @param band share of blocks older than this one, 0 to 1
   * @return bytes moved out of it and bytes found dead, or 0 when nothing came of it
   */
  long clean(int block, TierHost host, double band) {
    BlockWalk walk = new BlockWalk(layout, slabs, blocks, block);
    boolean roomLeft = true;
    long moved = 0;
    while (roomLeft && BlockWord.liveBytes(blocks.word(block)) > 0 && walk.next()) {
      if (host.isLive(walk.slab(), walk.at(), walk.locator())) {
        long to =
            survivors.append(
                walk.slab(), walk.at(), walk.zpageBytes(), walk.backing(), block, band);
        roomLeft = to != UpperTier.NO_SPACE;
        if (roomLeft && move(host, walk, to)) {
          moved += walk.footprintBytes();
        }
      }
    }
    foundRoom = roomLeft;
    if (walk.isDamaged()) {
      blocks.condemn(block);
    } else if (roomLeft && BlockWord.liveBytes(blocks.word(block)) > 0) {
      blocks.spare(block);
    }
    boolean emptied = BlockWord.liveBytes(blocks.word(block)) == 0;
    if (emptied) {
      emptiedBlocks.incrementAndGet();
    }
    return emptied ? layout.blockBytes : moved;
  }

  private boolean move(TierHost host, BlockWalk walk, long to) {
    boolean moved = host.relocate(walk.slab(), walk.at(), walk.locator(), to);
    if (moved) {
      movedZpages.incrementAndGet();
      movedBytes.addAndGet(walk.zpageBytes());
    }
    long dead = moved ? walk.locator() : to;
    if (blocks.subtractLive(layout.block(dead), walk.footprintBytes())) {
      freeBlocks.put(layout.block(dead));
    }
    return moved;
  }

  /** Whether the last cleaning found a place for all that it had to move. */
  boolean foundRoom() {
    return foundRoom;
  }

  long movedZpages() {
    return movedZpages.get();
  }

  long movedBytes() {
    return movedBytes.get();
  }

  long emptiedBlocks() {
    return emptiedBlocks.get();
  }
}
