// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.nio.ByteBuffer;

/**
 * The open blocks that puts append to, one for each thread as far as they go round.
 *
 * <p>A thread goes to the shard of its number, or to the next one that is free, so that threads
 * append side by side. Thread-safe.
 */
final class Shards {
  private static final int BLOCKS_PER_SHARD = 16;

  private final OpenBlock[] shards;
  private final Blocks blocks;

  /**
   * Makes {@code wanted} shards, or one for each processor when 0, but few in a pool of few blocks.
   */
  Shards(int wanted, Layout layout, Blocks blocks, FreeBlocks freeBlocks, ByteBuffer[] slabs) {
    this.blocks = blocks;
    int threads = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
    shards = new OpenBlock[Math.max(1, Math.min(threads, layout.blocks / BLOCKS_PER_SHARD))];
    for (int i = 0; i < shards.length; i++) {
      shards[i] = new OpenBlock(layout, blocks, freeBlocks, slabs);
    }
  }

  OpenBlock[] all() {
    return shards;
  }

  /** Locks the shard of this thread or, when that is busy, another one. */
  OpenBlock lockOne() {
    int home = (int) (Thread.currentThread().getId() % shards.length);
    for (int i = 0; i < shards.length; i++) {
      OpenBlock shard = shards[(home + i) % shards.length];
      if (shard.lock.tryLock()) {
        return shard;
      }
    }
    shards[home].lock.lock();
    return shards[home];
  }

  /** Opens the next block of a locked shard; true when a block became free meanwhile. */
  boolean openNext(OpenBlock shard, StoreIntent intent, long nanos) {
    return shard.openNext(intent, blocks.nextAge(), nanos);
  }

  /** Appends to whatever open block has room left, when no further one can be had. */
  long appendToRest(
      ByteBuffer zpage, int offset, int bytes, long backing, int footprint, long nanos) {
    for (OpenBlock shard : shards) {
      shard.lock.lock();
      try {
        if (shard.hasRoom(footprint)) {
          return shard.append(zpage, offset, bytes, backing, footprint, nanos);
        }
      } finally {
        shard.lock.unlock();
      }
    }
    return UpperTier.NO_SPACE;
  }
}
