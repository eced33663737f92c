// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;

/** Steps through the zpages of one sealed and pinned block, dead ones included. */
final class BlockWalk {
  private final Layout layout;
  private final ByteBuffer slab;
  private final int block;
  private final int start;
  private final int end;
  private int at;
  private int zpageBytes;
  private int footprintBytes;
  private long backing;
  private boolean damaged;

  BlockWalk(Layout layout, ByteBuffer[] slabs, Blocks blocks, int block) {
    this.layout = layout;
    this.block = block;
    slab = slabs[layout.slab(block)];
    start = layout.slabOffset(block);
    end = start + blocks.filledBytes(block);
    at = start;
  }

  /** Goes to the next zpage; false at the end, or at a header that cannot be one. */
  boolean next() {
    at += footprintBytes;
    if (at >= end) {
      return false;
    }
    zpageBytes = ZpageHeader.zpageBytes(slab, at);
    backing = UpperTier.NO_BACKING;
    if (zpageBytes <= layout.maxZpageBytes) {
      backing = layout.trailer(slab, at, zpageBytes, end);
    }
    footprintBytes = layout.footprintBytes(zpageBytes, backing != UpperTier.NO_BACKING);
    damaged = zpageBytes > layout.maxZpageBytes || footprintBytes > end - at;
    return !damaged;
  }

  /** Whether the walk ended at something that is no header: a memory error changed it. */
  boolean isDamaged() {
    return damaged;
  }

  ByteBuffer slab() {
    return slab;
  }

  int at() {
    return at;
  }

  int zpageBytes() {
    return zpageBytes;
  }

  int footprintBytes() {
    return footprintBytes;
  }

  long backing() {
    return backing;
  }

  long locator() {
    return layout.locator(block, at - start, footprintBytes, backing != UpperTier.NO_BACKING);
  }
}
