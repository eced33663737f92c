// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zbud;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.ram.ages.Links;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolStats;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The {@code zbud} zpool: two zpages per frame, buddies that grow towards each other from its ends;
 * frames are reclaimed whole, in the order of their last store.
 *
 * <p>The idea is that of zbud in Linux: density is bounded by two zpages a page, and in exchange
 * every zpage that leaves is at most one step from a free frame, with no compaction. A missing
 * buddy is found by first fit over lists of frames with so much room. Nothing is kept per zpage, 37
 * bytes per frame.
 *
 * <p>Thread-safe. One lock guards lists and states, for some tens of nanoseconds; zpages are copied
 * outside of it, while their frame is in the hands of the store. Reading takes no lock: {@link
 * FrameWord}. Lock order: that lock, then the monitors of the free frames. The lock is not held
 * while the host, a visitor or a reader runs, but for the bell of {@link TierHost#underPressure},
 * which a budget that runs short rings when a frame is taken.
 */
public final class ZbudPool implements Zpool {
  private final FrameLayout layout;
  private final FrameMemory memory;
  private final Frames frames;
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;
  private TierHost host;

  private long storedZpages;
  private long storedBytes;
  private long filledBytes;
  private long freedZpages;
  private long freedBytes;
  private long damaged;

  /**
   * Maps the memory of a pool.
   *
   * @param maxBytes most bytes of all frames and what is known about them
   * @param pageBytes page size of the store
   * @param preTouch true to make all memory resident now
   * @param eviction order in which frames are shown
   * @param budget charged for each resident frame
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @throws IllegalArgumentException when the sizes do not fit together
   * @throws IllegalStateException when the memory cannot be mapped
   */
  public ZbudPool(
      long maxBytes,
      int pageBytes,
      boolean preTouch,
      EvictionPolicy eviction,
      MemoryBudget budget,
      LongSupplier clock) {
    this.clock = clock;
    layout = new FrameLayout(maxBytes, pageBytes);
    memory = new FrameMemory(layout, budget);
    frames = new Frames(layout, eviction);
    if (preTouch) {
      memory.preTouch();
    }
  }

  @Override
  public void attach(TierHost newHost) {
    host = newHost;
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    Objects.checkFromIndexSize(offset, bytes, zpage.limit());
    Objects.checkIndex(bytes, layout.maxZpageBytes + 1);
    boolean backed = backing != UpperTier.NO_BACKING;
    int chunks = layout.chunks(bytes, backed);
    long locator = takeRoom(chunks, backed, intent);
    if (locator == Links.NONE) {
      return UpperTier.NO_SPACE;
    }
    int frame = layout.frame(locator);
    ByteBuffer slab = memory.slab(frame);
    int at = at(locator, chunks);
    slab.put(at, zpage, offset, bytes);
    if (backed) {
      slab.putLong(trailer(at, chunks), backing);
    }
    long nanos = clock.getAsLong();
    lock.lock();
    try {
      frames.filled(frame, intent, nanos);
      storedZpages++;
      storedBytes += bytes;
      filledBytes += layout.bytes(chunks);
    } finally {
      lock.unlock();
    }
    return locator;
  }

  private long takeRoom(int chunks, boolean backed, StoreIntent intent) {
    lock.lock();
    try {
      if (closed) {
        return Links.NONE;
      }
      long locator = frames.takeWithRoom(chunks, backed);
      if (locator != Links.NONE) {
        return locator;
      }
      int frame = memory.take(layout.needsWide(chunks), intent);
      return frame == Links.NONE ? Links.NONE : frames.open(frame, chunks, backed);
    } finally {
      lock.unlock();
    }
  }

  /** First byte of a buddy in its slab. */
  private int at(long locator, int chunks) {
    int frame = layout.frame(locator);
    return memory.slabOffset(frame) + layout.start(frame, layout.buddy(locator), chunks);
  }

  private int trailer(int at, int chunks) {
    return at + layout.bytes(chunks) - Long.BYTES;
  }

  @Override
  public int read(long locator, ZpageReader reader) {
    if (!layout.isInPool(locator)) {
      return Tier.GONE;
    }
    int frame = layout.frame(locator);
    long word = frames.pin(frame);
    try {
      if (!layout.isThere(locator, word)) {
        return Tier.GONE;
      }
      int chunks = FrameWord.size(word, layout.buddy(locator));
      return reader.read(memory.slab(frame), at(locator, chunks), layout.bytes(chunks));
    } finally {
      if (frames.unpin(frame)) {
        recycle(frame);
      }
    }
  }

  @Override
  public void free(long locator) {
    int frame = layout.frame(locator);
    lock.lock();
    try {
      if (closed) {
        return;
      }
      int chunks = layout.isInPool(locator) ? frames.clear(locator) : 0;
      if (chunks == 0) {
        throw new IllegalStateException("zpage of " + describe(locator) + " freed twice");
      }
      freedZpages++;
      freedBytes += layout.bytes(chunks);
    } finally {
      lock.unlock();
    }
    if (frames.recycleIfEmpty(frame)) {
      memory.put(frame);
    }
    // Also when the frame is not free: a waiting put may fit beside the other buddy.
    host.spaceFreed();
  }

  private void recycle(int frame) {
    memory.put(frame);
    host.spaceFreed();
  }

  @Override
  public long backing(long locator) {
    int buddy = layout.buddy(locator);
    long word = frames.word(layout.frame(locator));
    return layout.isThere(locator, word) && FrameWord.isBacked(word, buddy) && !closed
        ? backing(locator, FrameWord.size(word, buddy))
        : UpperTier.NO_BACKING;
  }

  private long backing(long locator, int chunks) {
    return memory.slab(layout.frame(locator)).getLong(trailer(at(locator, chunks), chunks));
  }

  /** Nothing to do: both buddies stay where they are until their frame is evicted. */
  @Override
  public long compact() {
    return 0;
  }

  @Override
  public long showColdest(ZpageVisitor visitor, long untouchedSinceNanos) {
    int frame = takeColdest(untouchedSinceNanos);
    if (frame == Links.NONE) {
      return UpperTier.NOTHING;
    }
    long region = region(frame);
    boolean shown = false;
    try {
      boolean whole = show(frame, FrameLayout.FIRST, visitor);
      whole &= show(frame, FrameLayout.LAST, visitor);
      if (!whole) {
        condemn(region);
      }
      shown = true;
    } finally {
      if (!shown) {
        settle(region);
      }
    }
    return region;
  }

  private int takeColdest(long untouchedSinceNanos) {
    lock.lock();
    try {
      return closed ? Links.NONE : frames.takeColdest(untouchedSinceNanos);
    } finally {
      lock.unlock();
    }
  }

  /** Shows one buddy, if it is there; false when its header cannot be right. */
  private boolean show(int frame, int buddy, ZpageVisitor visitor) {
    long word = frames.word(frame);
    int chunks = FrameWord.size(word, buddy);
    if (chunks == 0) {
      return true;
    }
    ByteBuffer slab = memory.slab(frame);
    int at = memory.slabOffset(frame) + layout.start(frame, buddy, chunks);
    int bytes = ZpageHeader.zpageBytes(slab, at);
    boolean backed = FrameWord.isBacked(word, buddy);
    if (layout.chunks(bytes, backed) != chunks) {
      return false;
    }
    long locator = layout.locator(frame, buddy, word);
    visitor.visit(
        slab, at, bytes, locator, backed ? backing(locator, chunks) : UpperTier.NO_BACKING);
    return true;
  }

  private long region(int frame) {
    return (long) FrameWord.life(frames.word(frame)) * layout.frames + frame;
  }

  @Override
  public long showAt(long locator, ZpageVisitor visitor) {
    if (!layout.isInPool(locator)) {
      return UpperTier.NOTHING;
    }
    int frame = layout.frame(locator);
    boolean shown = false;
    boolean there = layout.isThere(locator, frames.pin(frame));
    try {
      shown = there && show(frame, layout.buddy(locator), visitor);
    } finally {
      if (!shown && frames.unpin(frame)) {
        recycle(frame);
      }
    }
    return shown ? SINGLE | locator : UpperTier.NOTHING;
  }

  @Override
  public void settle(long region) {
    if (region >= SINGLE) {
      int pinned = layout.frame(region & ~SINGLE);
      if (frames.unpin(pinned)) {
        recycle(pinned);
      }
      return;
    }
    int frame = (int) (region % layout.frames);
    lock.lock();
    try {
      frames.settle(frame, (int) (region / layout.frames));
    } finally {
      lock.unlock();
    }
    if (frames.recycleIfEmpty(frame)) {
      recycle(frame);
    }
  }

  @Override
  public void condemn(long region) {
    if (region >= SINGLE) {
      return;
    }
    lock.lock();
    try {
      if (frames.condemn((int) (region % layout.frames), (int) (region / layout.frames))) {
        damaged++;
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long releaseSpare(long bytes) {
    return memory.release(bytes);
  }

  @Override
  public long usedBytes() {
    return memory.usedBytes();
  }

  @Override
  public long limitBytes() {
    return memory.limitBytes();
  }

  @Override
  public long putLimitBytes() {
    return memory.putLimitBytes();
  }

  @Override
  public long liveBytes() {
    lock.lock();
    try {
      return closed ? 0 : filledBytes - freedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** The first buddy opens a frame, but for the few that replace one in a frame in use. */
  @Override
  public boolean tookMemory(long locator) {
    return layout.buddy(locator) == FrameLayout.FIRST;
  }

  @Override
  public long heldBytes(long locator) {
    int frame = layout.frame(locator);
    return layout.bytes(FrameWord.size(frames.word(frame), layout.buddy(locator)));
  }

  @Override
  public String describe(long locator) {
    String buddy = layout.buddy(locator) == FrameLayout.FIRST ? "first" : "last";
    return "frame " + layout.frame(locator) + " " + buddy + " buddy";
  }

  @Override
  public ZpoolStats stats() {
    lock.lock();
    try {
      return new ZpoolStats(
          closed || memory.isFull(),
          closed ? 0 : storedZpages - freedZpages,
          closed ? 0 : filledBytes - freedBytes,
          storedZpages,
          storedBytes,
          filledBytes,
          0,
          0,
          0,
          damaged);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      frames.closeAll();
    } finally {
      lock.unlock();
    }
    memory.close();
  }
}
