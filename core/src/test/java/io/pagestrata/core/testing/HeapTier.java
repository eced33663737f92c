// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A tier of equal slots that obeys its port to the letter and tells on everybody who does not: a
 * double free, a free of an unknown locator or a use after close fails at once and is remembered.
 * Works as any tier of a chain. One lock; readers, visitors and hooks run outside it.
 */
public final class HeapTier implements UpperTier {
  private static final int POISON_BYTES = 64;

  /** Switches and hooks that make the tier misbehave, within its port, when told to. */
  public final TierFaults faults = new TierFaults();

  private final String name;
  private final int slotBytes;
  private final int slots;
  private final boolean reusesLocators;
  private final boolean copies;
  private final ByteBuffer memory;
  private final long[] locators;
  private final boolean[] live;
  private final int[] holds;
  private final int[] bytes;
  private final long[] backings;
  private final long[] ages;
  private final int[] freeSlots;
  private final Map<Long, int[]> regions = new HashMap<>();
  private final AtomicReference<String> violation = new AtomicReference<>();
  private TierHost host;
  private HeapLog log;
  private int freeCount;
  private int zpages;
  private long zpageBytes;
  private long storedZpages;
  private long nextAge;
  private long nextRegion;
  private boolean closed;

  /** How a tier differs from the usual one. */
  public enum Kind {
    /** Shows its own memory; a locator is never used twice. */
    PLAIN,
    /** Shows its own memory; the locator of a slot is always the same, the hardest case. */
    REUSES_LOCATORS,
    /** Copies each zpage into the scratch buffer of the reader, as tiers below RAM do. */
    COPIES
  }

  public HeapTier(String name, int pageBytes, int slots, Kind kind) {
    this.name = name;
    this.slots = slots;
    this.reusesLocators = kind == Kind.REUSES_LOCATORS;
    this.copies = kind == Kind.COPIES;
    slotBytes = ZpageHeader.BYTES + pageBytes;
    memory = ByteBuffer.allocate(Math.multiplyExact(slots, slotBytes));
    locators = new long[slots];
    live = new boolean[slots];
    holds = new int[slots];
    bytes = new int[slots];
    backings = new long[slots];
    ages = new long[slots];
    freeSlots = new int[slots];
    for (int i = 0; i < slots; i++) {
      locators[i] = -1;
      freeSlots[freeCount++] = slots - 1 - i;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void attach(TierHost owner) {
    host = owner;
  }

  @Override
  public boolean isMakingRoom() {
    return faults.makingRoom;
  }

  public TierHost host() {
    return host;
  }

  /** Makes this the lowest tier of a durable store. */
  void surviveBy(HeapLog owned) {
    log = owned.of(this);
  }

  @Override
  public Optional<PageLog> log() {
    return Optional.ofNullable(log);
  }

  @Override
  public Optional<String> trouble() {
    return Optional.ofNullable(faults.trouble);
  }

  private int slotOf(long locator) {
    return (int) (locator % slots);
  }

  @Override
  public int read(long locator, ByteBuffer scratch, ZpageReader reader) throws IOException {
    int slot = slotOf(locator);
    faults.beforeRead();
    synchronized (this) {
      if (closed || faults.isGone() || locators[slot] != locator) {
        return GONE;
      }
      holds[slot]++;
    }
    try {
      int at = slot * slotBytes;
      if (!copies) {
        return reader.read(memory, at, bytes[slot]);
      }
      if (scratch.capacity() < scratchBytes()) {
        throw violated("scratch of " + scratch.capacity() + " bytes, " + slotBytes + " needed");
      }
      scratch.put(0, memory, at, bytes[slot]);
      if (faults.vouches) {
        scratch.putInt(0, ~scratch.getInt(0));
        return reader.readWhole(scratch, 0, bytes[slot]);
      }
      return reader.read(scratch, 0, bytes[slot]);
    } finally {
      letGo(slot);
      faults.afterRead();
    }
  }

  private synchronized void letGo(int slot) {
    holds[slot]--;
    recycleIfDead(slot);
  }

  private void recycleIfDead(int slot) {
    if (holds[slot] == 0 && !live[slot]) {
      locators[slot] = -1;
      for (int i = 0; i < POISON_BYTES; i++) {
        memory.put(slot * slotBytes + i, (byte) 0xee);
      }
      freeSlots[freeCount++] = slot;
    }
  }

  @Override
  public int scratchBytes() {
    return copies ? slotBytes : 0;
  }

  @Override
  public long store(ByteBuffer zpage, int offset, int n, long backing, StoreIntent intent) {
    faults.beforeStore();
    synchronized (this) {
      if (closed || faults.refuses(intent) || freeCount <= reserve(intent)) {
        faults.countRefusal();
      } else {
        return add(zpage, offset, n, backing);
      }
    }
    host.underPressure();
    faults.afterRefusal();
    return NO_SPACE;
  }

  private int reserve(StoreIntent intent) {
    return intent == StoreIntent.RECLAIM ? 0 : faults.reserveSlots;
  }

  private long add(ByteBuffer zpage, int offset, int n, long backing) {
    int slot = freeSlots[--freeCount];
    memory.put(slot * slotBytes, zpage, offset, n);
    locators[slot] = reusesLocators ? slot : (storedZpages + 1) * slots + slot;
    live[slot] = true;
    bytes[slot] = n;
    backings[slot] = backing;
    ages[slot] = nextAge++;
    zpages++;
    zpageBytes += n;
    storedZpages++;
    return locators[slot];
  }

  @Override
  public TierOutcome store(ZpageBatch batch) throws IOException {
    faults.beforeStore();
    synchronized (this) {
      if (closed) {
        return TierOutcome.CLOSED;
      }
      if (faults.batchOutcome != TierOutcome.STORED || freeCount < batch.count()) {
        faults.countRefusal();
        return freeCount < batch.count() ? TierOutcome.FULL : faults.batchOutcome;
      }
      for (int i = 0; i < batch.count(); i++) {
        if (faults.failsAt(i)) {
          for (int k = 0; k < i; k++) {
            drop(batch.toLocator(k));
          }
          throw new IOException("told to fail at zpage " + i);
        }
        int offset = batch.offset(i);
        int n = ZpageHeader.zpageBytes(batch.data(), offset);
        batch.setToLocator(i, add(batch.data(), offset, n, batch.backing(i)));
      }
      return TierOutcome.STORED;
    }
  }

  @Override
  public void free(long locator) {
    drop(locator);
    host.spaceFreed();
  }

  private synchronized void drop(long locator) {
    int slot = slotOf(locator);
    if (closed || locators[slot] != locator || !live[slot]) {
      throw violated("free of locator " + locator + ", which holds no zpage");
    }
    live[slot] = false;
    zpages--;
    zpageBytes -= bytes[slot];
    recycleIfDead(slot);
  }

  private AssertionError violated(String what) {
    violation.compareAndSet(null, name + ": " + what);
    return new AssertionError(name + ": " + what);
  }

  /** Moves every zpage that is alive, as a cleaner does; returns how many moved. */
  @Override
  public long maintain() {
    long moved = 0;
    for (long from : List.copyOf(liveLocators())) {
      int slot = slotOf(from);
      synchronized (this) {
        if (locators[slot] != from || freeCount == 0) {
          continue;
        }
        holds[slot]++;
      }
      try {
        moved += move(from, slot);
      } finally {
        letGo(slot);
      }
    }
    return moved;
  }

  private int move(long from, int slot) {
    int at = slot * slotBytes;
    long to =
        host.isLive(memory, at, from)
            ? store(memory, at, bytes[slot], backings[slot], StoreIntent.RECLAIM)
            : NO_SPACE;
    if (to == NO_SPACE) {
      return 0;
    }
    boolean won = host.relocate(memory, at, from, to);
    free(won ? from : to);
    return won ? 1 : 0;
  }

  @Override
  public long backing(long locator) {
    int slot = slotOf(locator);
    faults.beforeBacking();
    synchronized (this) {
      if (closed || locators[slot] != locator) {
        throw violated("backing of locator " + locator + ", which was recycled");
      }
      // A tier that looks its zpages up has nothing to tell of one that is freed.
      return live[slot] ? backings[slot] : NO_BACKING;
    }
  }

  @Override
  public long reclaim(ZpageVisitor visitor, long untouchedSinceNanos) {
    int[] shown;
    long region;
    synchronized (this) {
      TreeSet<Integer> byAge = new TreeSet<>((a, b) -> Long.compare(ages[a], ages[b]));
      for (int slot = 0; slot < slots; slot++) {
        if (live[slot] && !isShown(slot)) {
          byAge.add(slot);
        }
      }
      shown = byAge.stream().limit(faults.regionZpages).mapToInt(Integer::intValue).toArray();
      if (shown.length == 0) {
        return NOTHING;
      }
      for (int slot : shown) {
        holds[slot]++;
      }
      region = nextRegion++;
      regions.put(region, shown);
    }
    for (int slot : shown) {
      visitor.visit(memory, slot * slotBytes, bytes[slot], locators[slot], backings[slot]);
    }
    return region;
  }

  private boolean isShown(int slot) {
    return regions.values().stream().anyMatch(r -> List.of(box(r)).contains(slot));
  }

  private static Integer[] box(int[] values) {
    return Arrays.stream(values).boxed().toArray(Integer[]::new);
  }

  @Override
  public void settle(long region) {
    int[] shown;
    synchronized (this) {
      shown = regions.remove(region);
      if (shown == null) {
        throw violated("region " + region + " settled twice");
      }
    }
    for (int slot : shown) {
      letGo(slot);
    }
  }

  /** Locators of every zpage held, in no order. */
  public synchronized List<Long> liveLocators() {
    List<Long> found = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      if (live[slot]) {
        found.add(locators[slot]);
      }
    }
    return found;
  }

  public synchronized int liveZpages() {
    return zpages;
  }

  /** Damages one bit of a zpage, counted from the first bit of its header. */
  public synchronized void flipBit(long locator, int bit) {
    int at = slotOf(locator) * slotBytes + bit / 8;
    memory.put(at, (byte) (memory.get(at) ^ 1 << bit % 8));
  }

  /** What a caller did wrong first, or null. */
  public String violation() {
    return violation.get();
  }

  /** Zpages shown or read and not let go. */
  public synchronized int held() {
    int held = 0;
    for (int hold : holds) {
      held += hold;
    }
    return held;
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public long usedBytes() {
    return (long) liveZpages() * slotBytes;
  }

  @Override
  public long limitBytes() {
    return (long) slots * slotBytes - faults.lostLimitBytes;
  }

  @Override
  public synchronized long heldBytes(long locator) {
    return bytes[slotOf(locator)];
  }

  @Override
  public String describe(long locator) {
    return "slot " + slotOf(locator);
  }

  @Override
  public synchronized TierStats stats() {
    TierState state = closed ? TierState.CLOSED : faults.state;
    long used = (long) zpages * slotBytes;
    return new TierStats(
        name,
        state,
        zpages,
        zpageBytes,
        used,
        limitBytes(),
        storedZpages,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        faults.refusals(),
        0);
  }

  @Override
  public synchronized void close() {
    faults.beforeClose();
    if (held() > 0) {
      throw violated("closed while " + held() + " zpages are held");
    }
    closed = true;
  }
}
