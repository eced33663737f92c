// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The open blocks that zpages are stored in: one for each thread as far as they go round, and one
 * for zpages that are kept.
 *
 * <p>A thread goes to its home shard, or to the next one that is free, which is its home from then
 * on: threads that met move apart and append side by side. The idea is that of the probes of {@code
 * java.util.concurrent.atomic.Striped64}.
 *
 * <p>A pool of few blocks has none for kept zpages, which then are as new as any. Thread-safe.
 */
final class Shards {
  /** Homes are kept for so many threads; a power of two. Others share them. */
  private static final int HOMES = 256;

  private static final int BLOCKS_PER_SHARD = 16;
  private static final int FEW_BLOCKS = 64;

  private final OpenBlock[] shards;
  private final OpenBlock kept;
  private final OpenBlock[] all;
  private final EvictionPolicy eviction;
  private final Blocks blocks;

  /** Only a hint, so races do no harm; written when threads meet, else read only. */
  private final int[] homes = new int[HOMES];

  private volatile long reclaimedAge;

  /**
   * Makes {@code wanted} shards, or one for each processor when 0, but few in a pool of few blocks.
   */
  Shards(
      int wanted,
      Layout layout,
      EvictionPolicy eviction,
      Blocks blocks,
      FreeRegions freeBlocks,
      ByteBuffer[] slabs) {
    this.eviction = eviction;
    this.blocks = blocks;
    int threads = wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
    int count = Math.max(1, Math.min(threads, layout.blocks / BLOCKS_PER_SHARD));
    boolean apart = layout.blocks >= FEW_BLOCKS;
    all = new OpenBlock[apart ? count + 1 : count];
    for (int i = 0; i < all.length; i++) {
      all[i] = new OpenBlock(layout, blocks, freeBlocks, slabs);
    }
    shards = Arrays.copyOf(all, count);
    Arrays.setAll(homes, thread -> thread % count);
    kept = apart ? all[count] : null;
  }

  OpenBlock[] all() {
    return all;
  }

  /** Notes the age of the block under reclaim, between which and now kept zpages rejoin. */
  void reclaiming(long age) {
    reclaimedAge = age;
  }

  /**
   * Locks an open block for this intent: the shard of this thread or, when that is busy, another.
   */
  OpenBlock lockOne(StoreIntent intent) {
    if (kept != null && eviction.isKept(intent)) {
      kept.lock.lock();
      return kept;
    }
    int thread = (int) Thread.currentThread().getId() & HOMES - 1;
    int home = homes[thread];
    if (shards[home].lock.tryLock()) {
      return shards[home];
    }
    for (int next = following(home); next != home; next = following(next)) {
      if (shards[next].lock.tryLock()) {
        homes[thread] = next;
        return shards[next];
      }
    }
    shards[home].lock.lock();
    return shards[home];
  }

  private int following(int shard) {
    return shard + 1 == shards.length ? 0 : shard + 1;
  }

  /** Opens the next block of a locked shard; true when a block became free meanwhile. */
  boolean openNext(OpenBlock open, StoreIntent intent, long nanos) {
    double rejoinAge = open == kept ? eviction.rejoinAge() : 1;
    long age = Blocks.YOUNGEST;
    if (rejoinAge < 1) {
      long oldest = reclaimedAge;
      age = oldest + (long) ((blocks.youngestAge() - oldest) * rejoinAge);
    }
    return open.openNext(intent, age, nanos, open == kept);
  }

  /** Appends to whatever open block has room left, when no further one can be had. */
  long appendToRest(
      ByteBuffer zpage, int offset, int bytes, long backing, int footprint, long nanos) {
    for (OpenBlock shard : all) {
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
