// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.log;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.ram.memory.OffHeapMemory;
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
 * free block in {@link FreeBlocks}; where survivors of cleaning go in {@link Survivors}.
 *
 * <p>Thread-safe. Lock order: lock of one {@link OpenBlock} (a shard or a survivor, never two),
 * then the monitor of {@link FreeBlocks}. Reading and freeing take no lock. No lock is held while
 * the host, a visitor or a reader runs, but for the bell of {@link TierHost#underPressure}, which a
 * budget that runs short rings when a block is opened.
 */
public final class LogPool implements AutoCloseable {

  private final Layout layout;
  private final OffHeapMemory memory;
  private final ByteBuffer[] slabs;
  private final Blocks blocks;
  private final FreeBlocks freeBlocks;
  private final Shards shards;
  private final Survivors survivors;
  private final Cleaner cleaner;
  private final List<OpenBlock> openBlocks;
  private final OldestBlock oldestBlock;
  private final LongSupplier clock;
  private final AtomicBoolean cleaning = new AtomicBoolean();
  private final LongAdder freedZpages = new LongAdder();
  private final LongAdder freedBytes = new LongAdder();
  private volatile boolean closed;
  private TierHost host;

  /**
   * Maps the memory of a pool.
   *
   * @param maxBytes most bytes of all blocks
   * @param pageBytes page size of the store
   * @param blockBytes size of a block, 0 for automatic
   * @param shards blocks filled side by side, 0 for automatic
   * @param preTouch true to make all memory resident now
   * @param budget charged for each resident block
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @throws IllegalArgumentException when the sizes do not fit together
   * @throws IllegalStateException when the memory cannot be mapped
   */
  public LogPool(
      long maxBytes,
      int pageBytes,
      int blockBytes,
      int shards,
      boolean preTouch,
      MemoryBudget budget,
      LongSupplier clock) {
    this.clock = clock;
    layout = new Layout(maxBytes, pageBytes, blockBytes);
    memory = new OffHeapMemory((long) layout.blocks * layout.blockBytes, preTouch);
    slabs = memory.slabs();
    blocks = new Blocks(layout.blocks);
    freeBlocks = new FreeBlocks(layout.blocks, layout.blockBytes, memory, budget);
    this.shards = new Shards(shards, layout, blocks, freeBlocks, slabs);
    survivors = new Survivors(layout, blocks, freeBlocks, slabs);
    openBlocks = Stream.of(this.shards.all(), survivors.bands()).flatMap(Stream::of).toList();
    oldestBlock = new OldestBlock(blocks, openBlocks);
    cleaner = new Cleaner(layout, blocks, slabs, survivors, freeBlocks);
    if (preTouch) {
      freeBlocks.preTouch();
    }
  }

  /**
   * Connects the pool with the store, before any other call.
   *
   * @param newHost answers which zpages are alive, hears of freed blocks
   */
  public void attach(TierHost newHost) {
    host = newHost;
  }

  /**
   * Appends one zpage, as the youngest or, for {@link StoreIntent#RECLAIM}, at about the middle of
   * all ages.
   *
   * @param zpage buffer that holds it
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param backing locator of its copy below, or {@link UpperTier#NO_BACKING}
   * @param intent how deep it may go into the reserve when a new block is needed
   * @return its locator, or {@link UpperTier#NO_SPACE}
   */
  public long append(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
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

  /**
   * Shows the zpage at a locator to the reader, with its block pinned.
   *
   * @param locator where the zpage rests
   * @param reader takes the bytes
   * @return what the reader returned, or {@link Tier#GONE} without calling it
   */
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

  /**
   * Frees a zpage that no entry names any more.
   *
   * @param locator where the zpage rests
   * @throws IllegalStateException when there is no unfreed zpage, found out in most cases
   */
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

  /**
   * Backing locator of an unfreed zpage.
   *
   * @param locator where the zpage rests
   * @return locator in the tier below, or {@link UpperTier#NO_BACKING}
   */
  public long backing(long locator) {
    if (!layout.isBacked(locator) || closed) {
      return UpperTier.NO_BACKING;
    }
    int at = at(locator);
    ByteBuffer slab = slabs[layout.slab(layout.block(locator))];
    return layout.trailer(slab, at, layout.footprintBytes(locator));
  }

  /**
   * Cleans the sparsest block when its live share is below a threshold.
   *
   * @param belowLiveShare the threshold
   * @return bytes made free or moved, 0 when there is no such block, no room to clean, or another
   *     thread is cleaning
   */
  public long cleanSparsest(double belowLiveShare) {
    if (closed || !cleaning.compareAndSet(false, true)) {
      return 0;
    }
    try {
      BlockScan scan = new BlockScan(layout, blocks, belowLiveShare);
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

  private void leave(int block, int life) {
    blocks.letGo(block, life);
    if (blocks.unpin(block)) {
      recycle(block);
    }
  }

  /**
   * Shows every zpage of the oldest block, which is pinned meanwhile and not shown again before
   * {@link #settle}. When an open block is the oldest, it is sealed for it.
   *
   * @param visitor decides about each zpage
   * @param untouchedSinceNanos only blocks filled before this time qualify; {@link Long#MAX_VALUE}
   *     for any
   * @return the region shown, or {@link UpperTier#NOTHING}
   */
  public long showOldest(ZpageVisitor visitor, long untouchedSinceNanos) {
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

  /**
   * Makes a shown block eligible again, or free when nothing in it is alive any more.
   *
   * @param region an answer of {@link #showOldest}
   */
  public void settle(long region) {
    int block = (int) (region % layout.blocks);
    if (blocks.letGo(block, (int) (region / layout.blocks))) {
      recycle(block);
    }
  }

  /**
   * Keeps a shown block from being shown or cleaned again until it is empty.
   *
   * @param region an answer of {@link #showOldest} that is not settled yet
   */
  public void condemn(long region) {
    blocks.condemn((int) (region % layout.blocks));
  }

  /**
   * Gives resident free blocks back to the system and their charge to the budget.
   *
   * @param bytes how much is wanted
   * @return what was released
   */
  public long releaseSpare(long bytes) {
    return freeBlocks.release(bytes);
  }

  /**
   * Memory of blocks in use, open ones included.
   *
   * @return bytes
   */
  public long usedBytes() {
    return freeBlocks.usedBytes();
  }

  /**
   * Most memory that blocks may take now.
   *
   * @return bytes, the budget less what others charged
   */
  public long limitBytes() {
    return freeBlocks.limitBytes();
  }

  /**
   * Most memory that puts may fill.
   *
   * @return bytes, the limit less the reserve
   */
  public long putLimitBytes() {
    return freeBlocks.putLimitBytes();
  }

  /**
   * Memory of blocks taken by zpages that are alive, padding and trailers included.
   *
   * @return bytes, a sum over all blocks that changes while it is made
   */
  public long liveBytes() {
    long sum = 0;
    for (int block = 0; block < layout.blocks; block++) {
      sum += BlockWord.liveBytes(blocks.word(block));
    }
    return sum;
  }

  /**
   * Whether storing this zpage opened a block.
   *
   * @param locator an answer of {@link #append}
   * @return true when it is the first in its block
   */
  public boolean isFirstInBlock(long locator) {
    return layout.offset(locator) == 0;
  }

  /**
   * Bytes that a zpage takes in its block, told by the locator alone.
   *
   * @param locator where the zpage rests
   * @return bytes, padding and trailer included
   */
  public long heldBytes(long locator) {
    return layout.footprintBytes(locator);
  }

  /**
   * Where a zpage rests, for people.
   *
   * @param locator where the zpage rests
   * @return such as {@code block 12 offset 4096}
   */
  public String describe(long locator) {
    return "block " + layout.block(locator) + " offset " + layout.offset(locator);
  }

  /**
   * Counters of the pool.
   *
   * @param name tier name
   * @param takenBackZpages zpages appended and freed again that shall not count as stored
   * @param takenBackBytes their bytes
   * @param refusals stores refused
   * @return a snapshot; zpage bytes held are counted with padding and trailer, stored bytes
   *     without; reads are not counted, since they touch no medium but memory
   */
  public TierStats stats(String name, long takenBackZpages, long takenBackBytes, long refusals) {
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
    TierState state = freeBlocks.mayTake(StoreIntent.PUT) ? TierState.OPEN : TierState.FULL;
    return new TierStats(
        name,
        closed ? TierState.CLOSED : state,
        closed ? 0 : zpages - goneZpages,
        closed ? 0 : footprintBytes - goneBytes,
        usedBytes(),
        limitBytes(),
        zpages - takenBackZpages,
        zpageBytes - takenBackBytes,
        writtenBytes,
        cleaner.movedZpages(),
        cleaner.movedBytes(),
        cleaner.emptiedBlocks(),
        0,
        0,
        refusals,
        blocks.damaged());
  }

  /** Releases the memory and its charge; what was stored is gone. Idempotent. */
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
