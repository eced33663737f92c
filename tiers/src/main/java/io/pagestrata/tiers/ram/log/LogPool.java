// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.ram.memory.FreeRegions;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolStats;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The {@code log} zpool: zpages are stacked in fixed-size blocks, and blocks are reclaimed whole,
 * the oldest first.
 *
 * <p>The idea is that of the 2013 hybrid of zbud and zsmalloc (put a zpage into the most recently
 * used pool page, order the LRU by pool page, reclaim whole pool pages) and of the compressor of
 * XNU; cleaning is that of log-structured file systems. No list node, no size class, no free list
 * inside a block: per zpage there is nothing but up to seven bytes of padding, and 8 bytes of
 * trailer when it has a copy below.
 *
 * <p>The life of a block is in {@link BlockWord}; the bytes in it in {@link Layout}; who gets a
 * free block in {@link FreeRegions}; where survivors of cleaning go in {@link Survivors}.
 *
 * <p>Thread-safe. Lock order: lock of one {@link OpenBlock} (a shard or a survivor, never two),
 * then the monitor of {@link FreeRegions}. Reading and freeing take no lock. No lock is held while
 * the host, a visitor or a reader runs, but for the bell of {@link TierHost#underPressure}, which a
 * budget that runs short rings when a block is opened.
 */
public final class LogPool implements Zpool {
  private static final int RESERVE_BLOCKS = 2;
  private static final int FEW_BLOCKS = 16;

  private final Layout layout;
  private final OffHeapMemory memory;
  private final ByteBuffer[] slabs;
  private final Blocks blocks;
  private final FreeRegions freeBlocks;
  private final Shards shards;
  private final Survivors survivors;
  private final Cleaner cleaner;
  private final List<OpenBlock> openBlocks;
  private final OldestBlock oldestBlock;
  private final double cleanBelowLiveShare;
  private final LongSupplier clock;
  private final AtomicBoolean cleaning = new AtomicBoolean();
  private final LongAdder freedZpages = new LongAdder();
  private final LongAdder freedBytes = new LongAdder();
  private volatile boolean closed;
  private TierHost host;

  /**
   * Maps the memory of a pool.
   *
   * @param settings sizes, and when to clean
   * @param eviction order in which blocks are shown
   * @param budget charged for each resident block
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @throws IllegalArgumentException when the sizes do not fit together
   * @throws IllegalStateException when the memory cannot be mapped
   */
  public LogPool(
      LogSettings settings, EvictionPolicy eviction, MemoryBudget budget, LongSupplier clock) {
    this.clock = clock;
    cleanBelowLiveShare = settings.cleanBelowLiveShare();
    layout = new Layout(settings.maxBytes(), settings.pageBytes(), settings.blockBytes());
    boolean preTouch = settings.preTouch();
    memory = new OffHeapMemory((long) layout.blocks * layout.blockBytes, preTouch);
    slabs = memory.slabs();
    blocks = new Blocks(layout.blocks);
    freeBlocks =
        new FreeRegions(layout.blocks, layout.blockBytes, reserve(layout.blocks), memory, budget);
    shards = new Shards(settings.shards(), layout, eviction, blocks, freeBlocks, slabs);
    survivors = new Survivors(layout, eviction.keepsTwoLines(), blocks, freeBlocks, slabs);
    openBlocks = Stream.of(shards.all(), survivors.bands()).flatMap(Stream::of).toList();
    oldestBlock = new OldestBlock(blocks, eviction, openBlocks);
    cleaner = new Cleaner(layout, blocks, slabs, survivors, freeBlocks);
    if (preTouch) {
      freeBlocks.preTouch();
    }
  }

  private static int reserve(int blocks) {
    return blocks < FEW_BLOCKS ? 1 : RESERVE_BLOCKS;
  }

  @Override
  public void attach(TierHost newHost) {
    host = newHost;
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    int footprint = layout.footprintBytes(bytes, backing != UpperTier.NO_BACKING);
    long nanos = clock.getAsLong();
    OpenBlock shard = shards.lockOne(intent);
    boolean freed = false;
    try {
      if (!shard.hasRoom(footprint)) {
        freed = shards.openNext(shard, intent, nanos);
      }
      if (shard.hasRoom(footprint)) {
        return shard.append(zpage, offset, bytes, backing, footprint, nanos);
      }
    } finally {
      shard.lock.unlock();
      if (freed) {
        host.spaceFreed();
      }
    }
    return shards.appendToRest(zpage, offset, bytes, backing, footprint, nanos);
  }

  @Override
  public int read(long locator, ZpageReader reader) {
    int block = layout.block(locator);
    int offset = layout.offset(locator);
    int available = layout.footprintBytes(locator);
    if (!layout.isInPool(locator) || available > layout.blockBytes - offset) {
      return Tier.GONE;
    }
    boolean held = blocks.pin(block);
    try {
      return held
          ? reader.read(slabs[layout.slab(block)], layout.slabOffset(block) + offset, available)
          : Tier.GONE;
    } finally {
      if (blocks.unpin(block)) {
        recycle(block);
      }
    }
  }

  @Override
  public void free(long locator) {
    if (closed) {
      return;
    }
    int block = layout.block(locator);
    // Told by the locator alone: the header may be damaged.
    int footprint = layout.footprintBytes(locator);
    boolean emptied = blocks.subtractLive(block, footprint);
    freedZpages.increment();
    freedBytes.add(footprint);
    if (emptied) {
      recycle(block);
    }
  }

  private int at(long locator) {
    return layout.slabOffset(layout.block(locator)) + layout.offset(locator);
  }

  private void recycle(int block) {
    freeBlocks.put(block);
    host.spaceFreed();
  }

  @Override
  public long backing(long locator) {
    if (!layout.isBacked(locator) || closed) {
      return UpperTier.NO_BACKING;
    }
    int at = at(locator);
    ByteBuffer slab = slabs[layout.slab(layout.block(locator))];
    return layout.trailer(slab, at, layout.footprintBytes(locator));
  }

  @Override
  public long compact() {
    if (closed || !cleaning.compareAndSet(false, true)) {
      return 0;
    }
    try {
      BlockScan scan = new BlockScan(layout, blocks, cleanBelowLiveShare);
      int block = scan.sparsest();
      if (block == BlockScan.NONE || !blocks.take(block)) {
        return 0;
      }
      int life = BlockWord.life(blocks.word(block));
      try {
        return cleaner.clean(block, host, scan.ageShare(block));
      } finally {
        leave(block, life);
      }
    } finally {
      cleaning.set(false);
    }
  }

  @Override
  public boolean isMakingRoom() {
    return BlockScan.holdsGarbage(layout, blocks, cleaner.foundRoom() ? cleanBelowLiveShare : 0);
  }

  private void leave(int block, int life) {
    blocks.letGo(block, life);
    if (blocks.unpin(block)) {
      recycle(block);
    }
  }

  @Override
  public long showColdest(ZpageVisitor visitor, long untouchedSinceNanos) {
    int block = oldestBlock.take(untouchedSinceNanos, host);
    if (block == BlockScan.NONE) {
      return UpperTier.NOTHING;
    }
    int life = BlockWord.life(blocks.word(block));
    shards.reclaiming(blocks.age(block));
    BlockWalk walk = new BlockWalk(layout, slabs, blocks, block);
    boolean shown = false;
    try {
      while (walk.next()) {
        visitor.visit(walk.slab(), walk.at(), walk.zpageBytes(), walk.locator(), walk.backing());
      }
      if (walk.isDamaged()) {
        blocks.condemn(block);
      }
      shown = true;
    } finally {
      if (!shown) {
        blocks.letGo(block, life);
      }
      if (blocks.unpin(block)) {
        recycle(block);
      }
    }
    return (long) life * layout.blocks + block;
  }

  @Override
  public long showAt(long locator, ZpageVisitor visitor) {
    int block = layout.block(locator);
    int offset = layout.offset(locator);
    int available = layout.footprintBytes(locator);
    if (!layout.isInPool(locator) || available > layout.blockBytes - offset) {
      return UpperTier.NOTHING;
    }
    boolean held = blocks.pin(block);
    boolean shown = false;
    try {
      ByteBuffer slab = slabs[layout.slab(block)];
      int at = layout.slabOffset(block) + offset;
      int bytes = held ? ZpageHeader.zpageBytes(slab, at) : 0;
      if (held && bytes <= available) {
        visitor.visit(slab, at, bytes, locator, backing(locator));
        shown = true;
      }
    } finally {
      // A block that was not free when it was pinned stays as it is until the pin goes.
      if (!shown && blocks.unpin(block)) {
        recycle(block);
      }
    }
    return shown ? SINGLE | locator : UpperTier.NOTHING;
  }

  @Override
  public void settle(long region) {
    if (region >= SINGLE) {
      int pinned = layout.block(region & ~SINGLE);
      if (blocks.unpin(pinned)) {
        recycle(pinned);
      }
      return;
    }
    int block = (int) (region % layout.blocks);
    if (blocks.letGo(block, (int) (region / layout.blocks))) {
      recycle(block);
    }
  }

  @Override
  public void condemn(long region) {
    if (region >= SINGLE) {
      return;
    }
    blocks.condemn((int) (region % layout.blocks));
  }

  @Override
  public long releaseSpare(long bytes) {
    return freeBlocks.release(bytes);
  }

  @Override
  public long usedBytes() {
    return freeBlocks.usedBytes();
  }

  @Override
  public long limitBytes() {
    return freeBlocks.limitBytes();
  }

  @Override
  public long putLimitBytes() {
    return freeBlocks.putLimitBytes();
  }

  @Override
  public long liveBytes() {
    long sum = 0;
    for (int block = 0; block < layout.blocks; block++) {
      sum += BlockWord.liveBytes(blocks.word(block));
    }
    return sum;
  }

  @Override
  public boolean tookMemory(long locator) {
    return layout.offset(locator) == 0;
  }

  @Override
  public long heldBytes(long locator) {
    return layout.footprintBytes(locator);
  }

  @Override
  public String describe(long locator) {
    return "block " + layout.block(locator) + " offset " + layout.offset(locator);
  }

  @Override
  public ZpoolStats stats() {
    // Freed before stored: then the difference is never negative.
    long goneZpages = freedZpages.sum();
    long goneBytes = freedBytes.sum();
    long zpages = 0;
    long zpageBytes = 0;
    long footprintBytes = 0;
    for (OpenBlock shard : shards.all()) {
      shard.lock.lock();
      try {
        zpages += shard.zpages();
        zpageBytes += shard.zpageBytes();
        footprintBytes += shard.writtenBytes();
      } finally {
        shard.lock.unlock();
      }
    }
    long writtenBytes = footprintBytes;
    for (OpenBlock band : survivors.bands()) {
      band.lock.lock();
      try {
        writtenBytes += band.writtenBytes();
      } finally {
        band.lock.unlock();
      }
    }
    return new ZpoolStats(
        !freeBlocks.mayTake(StoreIntent.PUT),
        closed ? 0 : zpages - goneZpages,
        closed ? 0 : footprintBytes - goneBytes,
        zpages,
        zpageBytes,
        writtenBytes,
        cleaner.movedZpages(),
        cleaner.movedBytes(),
        cleaner.emptiedBlocks(),
        blocks.damaged());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    oldestBlock.close();
    blocks.closeAll();
    for (OpenBlock open : openBlocks) {
      open.lock.lock();
      try {
        open.abandon();
      } finally {
        open.lock.unlock();
      }
    }
    memory.close();
    freeBlocks.close();
  }
}
