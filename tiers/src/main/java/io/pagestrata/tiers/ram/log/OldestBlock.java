// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.TierHost;
import java.util.List;

/**
 * The way into reclaim: takes the oldest block, and seals it first when it is still open, as a
 * survivor block or a shard that few use may be past its time. Thread-safe; never holds two locks.
 */
final class OldestBlock {
  private final Blocks blocks;
  private final EvictionPolicy eviction;
  private final List<OpenBlock> openBlocks;
  private volatile boolean closed;

  OldestBlock(Blocks blocks, EvictionPolicy eviction, List<OpenBlock> openBlocks) {
    this.blocks = blocks;
    this.eviction = eviction;
    this.openBlocks = openBlocks;
  }

  /**
   * Takes the oldest block that qualifies, of the line whose turn it is, with a pin.
   *
   * @return the block, or {@link BlockScan#NONE}
   */
  int take(long untouchedSinceNanos, TierHost host) {
    while (!closed) {
      int block = BlockScan.oldest(blocks, untouchedSinceNanos, eviction);
      boolean older = sealOldestOpen(untouchedSinceNanos, block, host);
      if (block == BlockScan.NONE && !older) {
        break;
      }
      if (!older && blocks.take(block)) {
        return block;
      }
    }
    return BlockScan.NONE;
  }

  /** Makes every take fail from now on. */
  void close() {
    closed = true;
  }

  private boolean isInLineOf(int chosen, int open) {
    return chosen == BlockScan.NONE
        || !eviction.keepsTwoLines()
        || blocks.isKept(chosen) == blocks.isKept(open);
  }

  /** True when there was an older open block, whoever sealed it: look again. */
  private boolean sealOldestOpen(long untouchedSinceNanos, int chosen, TierHost host) {
    OpenBlock oldest = null;
    int oldestBlock = OpenBlock.NONE;
    long oldestAge = chosen == BlockScan.NONE ? Long.MAX_VALUE : blocks.age(chosen);
    for (OpenBlock open : openBlocks) {
      open.lock.lock();
      try {
        if (!open.isEmpty()
            && isInLineOf(chosen, open.block())
            && BlockScan.isUntouched(blocks, open.block(), untouchedSinceNanos)
            && blocks.age(open.block()) < oldestAge) {
          oldest = open;
          oldestBlock = open.block();
          oldestAge = blocks.age(oldestBlock);
        }
      } finally {
        open.lock.unlock();
      }
    }
    if (oldest == null) {
      return false;
    }
    boolean freed;
    oldest.lock.lock();
    try {
      // Its owner may have filled it meanwhile and opened a younger one.
      boolean same = oldest.block() == oldestBlock && blocks.age(oldestBlock) == oldestAge;
      freed = same && oldest.seal();
    } finally {
      oldest.lock.unlock();
    }
    if (freed) {
      host.spaceFreed();
    }
    return true;
  }
}
