// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.ram.memory.Scratches;
import io.pagestrata.tiers.ram.zpool.Zpool;
import io.pagestrata.tiers.ram.zpool.ZpoolStats;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The {@code zsmalloc} zpool: zpages lie in slots of their size class, packed over chains of
 * frames, and are named by handles, so that compaction can move them.
 *
 * <p>The ideas are those of {@code mm/zsmalloc.c} of Linux: size classes at small steps, each with
 * the chain of frames that wastes least, classes of equal geometry merged, one indirection from
 * handle to place, groups by fullness, compaction of the sparsest zspage into the fullest. Unlike
 * it, a zpage is pinned or moved by one compare-and-set on the word of its handle, so readers and
 * compaction never wait for each other; see {@link HandleWord}.
 *
 * <p>It packs densely, and its weakness is reclaim: neighbours in a zspage are of one size, not of
 * one age, so the zpages of a region (a run of the oldest handles, {@link Ages}) leave holes in
 * many zspages, and frames become free only when a zspage empties by chance or by compaction. New
 * zpages of the same sizes fill the holes meanwhile.
 *
 * <p>Thread-safe. Locks: that of one {@link ZspageGroups} or that of the {@link Ledger}, never
 * both; below either the monitors of free regions. Reading takes none, storing and freeing take
 * each of the two once. None is held while a zpage is copied (but by compaction), nor while the
 * host, a visitor or a reader runs, but for the bell of {@link TierHost#underPressure}.
 */
public final class ZsmallocPool implements Zpool {
  private final double compactBelowUsedShare;
  private final int frameBytes;
  private final LongSupplier clock;
  private final SizeClasses classes;
  final Room room;
  final Zspages zspages;
  final ZspageGroups[] groups;
  private final Ledger ledger;
  final Handles handles;
  private final Scratches scratches;
  private final int compactorScratch;
  private final Compactor compactor;
  private final AtomicBoolean compacting = new AtomicBoolean();
  private final AtomicBoolean showing = new AtomicBoolean();
  private final int[] members = new int[AgeChunks.ENTRIES];
  private volatile boolean closed;
  private TierHost host;

  /**
   * Maps the memory of a pool.
   *
   * @param settings size and shape
   * @param eviction order in which zpages are shown
   * @param budget charged for each resident frame and page of handles
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @throws IllegalStateException when the memory cannot be mapped
   */
  public ZsmallocPool(
      ZsmallocSettings settings, EvictionPolicy eviction, MemoryBudget budget, LongSupplier clock) {
    this.clock = clock;
    compactBelowUsedShare = settings.compactBelowUsedShare();
    frameBytes = settings.pageBytes();
    int poolFrames = (int) (settings.maxBytes() / frameBytes);
    int longestChain = SizeClasses.longestChain(settings.zspageFrames(), poolFrames);
    classes = new SizeClasses(frameBytes, longestChain);
    room = new Room(settings, longestChain, budget);
    zspages = new Zspages(room.frameMemory(), frameBytes);
    groups =
        classes.all().stream()
            .map(sizeClass -> new ZspageGroups(sizeClass, zspages, room))
            .toArray(ZspageGroups[]::new);
    ledger = new Ledger(room, settings.maxBytes(), classes.unitBytes, eviction);
    handles = ledger.handles;
    scratches = new Scratches(ZpageHeader.BYTES + frameBytes + classes.unitBytes);
    compactorScratch = scratches.take();
    compactor =
        new Compactor(zspages, handles, scratches.buffer(compactorScratch), classes.unitBytes);
  }

  @Override
  public void attach(TierHost newHost) {
    host = newHost;
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    boolean backed = backing != UpperTier.NO_BACKING;
    int units = classes.units(bytes, backed);
    SizeClass sizeClass = classes.of(units);
    long place = closed ? ZspageGroups.NO_PLACE : takeSlot(sizeClass, intent);
    if (place == ZspageGroups.NO_PLACE) {
      return UpperTier.NO_SPACE;
    }
    int handle = ledger.enter(intent, clock.getAsLong(), bytes, units);
    if (handle == Handles.NONE) {
      putSlot(sizeClass, place);
      return UpperTier.NO_SPACE;
    }
    zspages.write(sizeClass, place, zpage, offset, bytes, units * classes.unitBytes);
    if (backed) {
      zspages.setTrailer(sizeClass, place, backing);
    }
    zspages.setOwner(sizeClass, HandleWord.zspage(place), HandleWord.slot(place), handle);
    long word = HandleWord.born(handles.word(handle), place, units, backed);
    handles.publish(handle, word);
    return HandleWord.locator(handle, word);
  }

  private long takeSlot(SizeClass sizeClass, StoreIntent intent) {
    ZspageGroups own = groups[sizeClass.index()];
    own.lock.lock();
    try {
      return own.takeSlot(intent);
    } finally {
      own.lock.unlock();
    }
  }

  private void putSlot(SizeClass sizeClass, long place) {
    ZspageGroups own = groups[sizeClass.index()];
    boolean madeRoom;
    own.lock.lock();
    try {
      madeRoom = own.putSlot(place);
    } finally {
      own.lock.unlock();
    }
    if (madeRoom) {
      host.spaceFreed();
    }
  }

  @Override
  public int read(long locator, ZpageReader reader) {
    long word = closed ? 0 : handles.pin(locator);
    if (word == 0) {
      return Tier.GONE;
    }
    int scratch = Room.NONE;
    try {
      SizeClass sizeClass = classes.of(HandleWord.units(word));
      int bytes = availableBytes(word);
      if (zspages.isInOnePiece(sizeClass, word, bytes)) {
        return reader.read(
            zspages.slab(sizeClass, word), zspages.slabOffset(sizeClass, word), bytes);
      }
      scratch = scratches.take();
      ByteBuffer joined = scratches.buffer(scratch);
      zspages.copyOut(sizeClass, word, joined, bytes);
      return reader.read(joined, 0, bytes);
    } finally {
      if (scratch != Room.NONE) {
        scratches.put(scratch);
      }
      unpin(locator);
    }
  }

  private int availableBytes(long word) {
    return HandleWord.units(word) * classes.unitBytes
        - (HandleWord.isBacked(word) ? Long.BYTES : 0);
  }

  private void unpin(long locator) {
    int handle = HandleWord.handle(locator);
    if (handles.unpin(handle)) {
      giveBack(handle, handles.word(handle));
    }
  }

  @Override
  public void free(long locator) {
    if (closed) {
      return;
    }
    long word = handles.kill(locator);
    if (!HandleWord.isPinned(word)) {
      giveBack(HandleWord.handle(locator), word);
    }
  }

  /** Ends a zpage that is dead and that nobody pins any more. */
  private void giveBack(int handle, long word) {
    SizeClass sizeClass = classes.of(HandleWord.units(word));
    ledger.strike(handle, word);
    putSlot(sizeClass, HandleWord.place(word));
  }

  @Override
  public long backing(long locator) {
    long word = closed || !HandleWord.isBackedLocator(locator) ? 0 : handles.pin(locator);
    if (word == 0) {
      return UpperTier.NO_BACKING;
    }
    long backing = zspages.trailer(classes.of(HandleWord.units(word)), word);
    unpin(locator);
    return backing;
  }

  @Override
  public long compact() {
    if (closed || !compacting.compareAndSet(false, true)) {
      return 0;
    }
    try {
      ZspageGroups most = sparsestClass();
      boolean emptied = most != null && compactor.emptySparsest(most);
      return emptied ? (long) most.sizeClass.frames() * frameBytes : 0;
    } finally {
      compacting.set(false);
    }
  }

  /** The class whose compaction would free most frames, or null when that is worth it in none. */
  private ZspageGroups sparsestClass() {
    ZspageGroups most = null;
    long mostFrames = 0;
    for (ZspageGroups one : groups) {
      long free = one.freeSlots();
      long frames = free / one.sizeClass.slots() * one.sizeClass.frames();
      long used = one.usedSlots();
      if (frames > mostFrames && used <= compactBelowUsedShare * (used + free)) {
        most = one;
        mostFrames = frames;
      }
    }
    return most;
  }

  @Override
  public boolean isMakingRoom() {
    return !closed && (compacting.get() || sparsestClass() != null);
  }

  @Override
  public long showColdest(ZpageVisitor visitor, long untouchedSinceNanos) {
    if (closed || !showing.compareAndSet(false, true)) {
      return UpperTier.NOTHING;
    }
    try {
      long region = ledger.show(untouchedSinceNanos, members);
      Show show = new Show(visitor);
      boolean whole = false;
      try {
        for (int i = 0; region != UpperTier.NOTHING && i < members.length; i++) {
          show.show(members[i]);
        }
        whole = true;
      } finally {
        if (!whole) {
          ledger.settle(region);
        }
      }
      if (show.damaged) {
        ledger.condemn(region);
      }
      return region;
    } finally {
      showing.set(false);
    }
  }

  /** Shows single zpages to a visitor; what was stored but not published yet is left out. */
  private final class Show implements ZpageReader {
    private final ZpageVisitor visitor;
    private long locator;
    private boolean damaged;

    Show(ZpageVisitor visitor) {
      this.visitor = visitor;
    }

    void show(int handle) {
      if (handle >= 0) {
        locator = HandleWord.locator(handle, handles.word(handle));
        ZsmallocPool.this.read(locator, this);
      }
    }

    @Override
    public int read(ByteBuffer memory, int offset, int availableBytes) {
      int bytes = ZpageHeader.zpageBytes(memory, offset);
      if (bytes > availableBytes) {
        damaged = true;
      } else {
        visitor.visit(memory, offset, bytes, locator, backing(locator));
      }
      return 0;
    }
  }

  @Override
  public long showAt(long locator, ZpageVisitor visitor) {
    if (closed || handles.pin(locator) == 0) {
      return UpperTier.NOTHING;
    }
    Show show = new Show(visitor);
    boolean shown = false;
    try {
      show.show(HandleWord.handle(locator));
      shown = !show.damaged;
    } finally {
      if (!shown) {
        unpin(locator);
      }
    }
    return shown ? SINGLE | locator : UpperTier.NOTHING;
  }

  @Override
  public void settle(long region) {
    if (region >= SINGLE) {
      if (!closed) {
        unpin(region & ~SINGLE);
      }
      return;
    }
    ledger.settle(region);
  }

  @Override
  public void condemn(long region) {
    if (region >= SINGLE) {
      return;
    }
    ledger.condemn(region);
  }

  @Override
  public long releaseSpare(long bytes) {
    return room.releaseSpare(bytes);
  }

  @Override
  public long usedBytes() {
    return room.usedBytes();
  }

  @Override
  public long limitBytes() {
    return room.limitBytes();
  }

  @Override
  public long putLimitBytes() {
    return room.putLimitBytes();
  }

  @Override
  public long liveBytes() {
    return ledger.counts().units() * classes.unitBytes;
  }

  @Override
  public boolean tookMemory(long locator) {
    return HandleWord.slot(handles.word(HandleWord.handle(locator))) == 0;
  }

  @Override
  public long heldBytes(long locator) {
    return (long) HandleWord.unitsOfLocator(locator) * classes.unitBytes;
  }

  @Override
  public String describe(long locator) {
    long word = closed ? 0 : handles.wordOf(locator);
    String handle = "handle " + HandleWord.handle(locator);
    return HandleWord.isLive(word)
        ? handle + " zspage " + HandleWord.zspage(word) + " slot " + HandleWord.slot(word)
        : handle;
  }

  @Override
  public ZpoolStats stats() {
    Ledger.Counts counts = ledger.counts();
    int unitBytes = classes.unitBytes;
    return new ZpoolStats(
        !room.mayTakeFrame(StoreIntent.PUT),
        counts.zpages(),
        counts.units() * unitBytes,
        counts.storedZpages(),
        counts.storedBytes(),
        counts.storedUnits() * unitBytes + compactor.movedBytes(),
        compactor.movedZpages(),
        compactor.movedBytes(),
        compactor.emptiedZspages(),
        counts.damagedRegions());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    ledger.close();
    room.close();
    scratches.put(compactorScratch);
    scratches.close();
  }
}
