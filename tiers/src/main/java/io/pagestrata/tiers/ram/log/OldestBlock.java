// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.TierHost;
import java.util.List;

/**
 * The way into reclaim: takes the oldest block, and seals it first when it is still open, as a
 * survivor block or a shard that few use may be past its time. Thread-safe; never holds two locks.
 */
final class OldestBlock {
  private final Blocks blocks;
  private final List<OpenBlock> openBlocks;
  private volatile boolean closed;

  OldestBlock(Blocks blocks, List<OpenBlock> openBlocks) {
    this.blocks = blocks;
    this.openBlocks = openBlocks;
  }

  /**
   * Takes the oldest block that qualifies, with a pin.
   *
   * @return the block, or {@link BlockScan#NONE}
   */
  int take(long untouchedSinceNanos, TierHost host) {
    while (!closed) {
      int block = BlockScan.oldest(blocks, untouchedSinceNanos);
      long age = block == BlockScan.NONE ? Long.MAX_VALUE : blocks.age(block);
      boolean older = sealOldestOpen(untouchedSinceNanos, age, host);
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

  /** True when there was an older open block, whoever sealed it: look again. */
  private boolean sealOldestOpen(long untouchedSinceNanos, long olderThan, TierHost host) {
    OpenBlock oldest = null;
    int oldestBlock = OpenBlock.NONE;
    long oldestAge = olderThan;
    for (OpenBlock open : openBlocks) {
      open.lock.lock();
      try {
        if (!open.isEmpty()
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
      freed = oldest.seal();
    } finally {
      oldest.lock.unlock();
    }
    if (freed) {
      host.spaceFreed();
    }
    return true;
  }
}
