// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.table.Entry;
import io.pagestrata.core.table.Leaf;
import io.pagestrata.core.tier.DeduplicationStats;
import io.pagestrata.core.tier.MemoryBudget;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The contents that several pages share, and how many pages name each.
 *
 * <p>A content is an ordinary page of a pool that no user sees, one such pool for each tenant: it
 * sinks, rises and is cleaned as any other. Its index in that pool is its <em>slot</em>. The entry
 * of a page that shares names the content by slot and <em>life</em>: a slot that was freed is given
 * out again with the next life, and not at all after the last, so a name never means two contents.
 * Whoever sees the same name in an entry before and after it read a content has read what the entry
 * named all the time.
 *
 * <pre>
 * state of a slot:   63 62      48 47      32 31                 0
 *                   |  0  |  life  |    0    |     references     |
 *
 * free        no references                          create: made by one thread, not named yet
 * alive       1 reference or more, each held by one entry, or by a put on its way to one
 * dying       the last reference was dropped: its holder removes the content page and frees the slot
 * </pre>
 *
 * <p>In a durable store a slot is not given out again before a sync has ended that began after it
 * was freed: until then a record of a page on the medium may name the content that was there.
 *
 * <p>References are added to a content that has one only, so a dying content cannot come back.
 * Thread-safe; slots are made and freed under the monitor, references change without a lock.
 */
final class Contents {
  /** No content. */
  static final long NONE = -1;

  private static final int CHUNK_SHIFT = 8;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final long CHUNK_BYTES = CHUNK * (8L + 8 + 4 + 4) + 80;
  private static final int LIFE_SHIFT = 32;
  private static final int LAST_LIFE = (1 << 15) - 1;
  private static final long REFERENCES = 0xffff_ffffL;
  private static final int MOST_REFERENCES = Integer.MAX_VALUE;

  /** Bits of the size of a zpage, which is 65568 bytes at most; above them the owner. */
  private static final int BYTES_BITS = 17;

  private static final int NO_SLOT = -1;

  private static final class Chunk {
    final AtomicLongArray states = new AtomicLongArray(CHUNK);

    /** Generation of the zpage of each content, which moves but never changes. */
    final long[] generations = new long[CHUNK];

    /** Owner and size of each content. */
    final int[] sizes = new int[CHUNK];

    final int[] nextFree = new int[CHUNK];
  }

  final SharingCounters counters = new SharingCounters();
  private final MemoryBudget budget;
  private final Pools pools;
  private final AtomicLong generations;
  private final LongAdder alive = new LongAdder();
  private final LongAdder references = new LongAdder();
  private final LongAdder savedBytes = new LongAdder();

  /** Replaced as a whole when it grows. */
  private volatile Chunk[] chunks = new Chunk[0];

  // Guarded by the monitor.
  private int made;
  private int firstFree = NO_SLOT;

  // In a durable store: slots freed since the last sync began, and those freed before that.
  private int firstHeld = NO_SLOT;
  private int firstSettling = NO_SLOT;

  /**
   * Makes an empty table.
   *
   * @param generations of the store
   */
  Contents(MemoryBudget budget, Pools pools, AtomicLong generations) {
    this.budget = budget;
    this.pools = pools;
    this.generations = generations;
  }

  static int slot(long content) {
    return (int) content;
  }

  private static long life(long content) {
    return content >>> LIFE_SHIFT;
  }

  private Chunk chunk(int slot) {
    return chunks[slot >>> CHUNK_SHIFT];
  }

  private static int at(int slot) {
    return slot & CHUNK - 1;
  }

  private int size(long content) {
    int slot = slot(content);
    return chunk(slot).sizes[at(slot)];
  }

  private int zpageBytes(long content) {
    return size(content) & (1 << BYTES_BITS) - 1;
  }

  /** The pool of a content that is alive; of another one any pool of contents. */
  Pool pool(long content) {
    return pools.contents(size(content) >>> BYTES_BITS);
  }

  /**
   * Takes a slot for a new content with one reference, which is the caller's. Nobody else knows it
   * before the caller tells.
   *
   * @param owner whose account pays
   * @param zpageBytes size of its zpage
   * @return its name, or {@link #NONE} when there is no memory for another
   */
  synchronized long create(Tenant owner, int zpageBytes) {
    if (firstFree == NO_SLOT && !grow()) {
      return NONE;
    }
    int slot = firstFree;
    Chunk chunk = chunk(slot);
    firstFree = chunk.nextFree[at(slot)];
    chunk.sizes[at(slot)] = pools.contentsOf(owner) << BYTES_BITS | zpageBytes;
    long state = chunk.states.get(at(slot)) + 1;
    chunk.states.set(at(slot), state);
    alive.increment();
    references.increment();
    return (state & ~REFERENCES) | slot;
  }

  private boolean grow() {
    if (made > Integer.MAX_VALUE - CHUNK || !budget.tryCharge(CHUNK_BYTES)) {
      return false;
    }
    Chunk chunk = new Chunk();
    for (int i = 0; i < CHUNK; i++) {
      chunk.nextFree[i] = i + 1 < CHUNK ? made + i + 1 : firstFree;
    }
    Chunk[] grown = Arrays.copyOf(chunks, chunks.length + 1);
    grown[grown.length - 1] = chunk;
    chunks = grown;
    firstFree = made;
    made += CHUNK;
    return true;
  }

  /**
   * Adds a reference to a content that is alive.
   *
   * @return false when it is not, or has as many as can be counted
   */
  boolean acquire(long content) {
    int slot = slot(content);
    AtomicLongArray states = chunk(slot).states;
    while (true) {
      long state = states.get(at(slot));
      long count = state & REFERENCES;
      if (state >>> LIFE_SHIFT != life(content) || count == 0 || count == MOST_REFERENCES) {
        return false;
      }
      if (states.compareAndSet(at(slot), state, state + 1)) {
        references.increment();
        savedBytes.add(zpageBytes(content));
        return true;
      }
    }
  }

  /** Gives a reference back; with the last one the content goes, in whatever tier it is. */
  void drop(PageHierarchy hierarchy, long content) {
    int slot = slot(content);
    int bytes = zpageBytes(content);
    long state = chunk(slot).states.decrementAndGet(at(slot));
    references.decrement();
    if ((state & REFERENCES) != 0) {
      savedBytes.add(-bytes);
      return;
    }
    remove(hierarchy, content);
    alive.decrement();
    free(slot);
  }

  private void remove(PageHierarchy hierarchy, long content) {
    Pool pool = pool(content);
    int index = slot(content);
    Leaf leaf = pool.table().find(0, index);
    while (leaf != null) {
      long word = leaf.get(Leaf.slot(index));
      if (!Entry.isPresent(word)) {
        return;
      }
      long absent = Entry.absent(generations.incrementAndGet());
      if (hierarchy.superseded().replace(pool.tenant(), leaf, Leaf.slot(index), word, absent)) {
        return;
      }
    }
  }

  private synchronized void free(int slot) {
    Chunk chunk = chunk(slot);
    long state = chunk.states.get(at(slot));
    if (state >>> LIFE_SHIFT == LAST_LIFE) {
      // Given out once more its names would repeat; it stays dead for good.
      return;
    }
    chunk.states.set(at(slot), state + (1L << LIFE_SHIFT));
    if (pools.survive()) {
      chunk.nextFree[at(slot)] = firstHeld;
      firstHeld = slot;
    } else {
      chunk.nextFree[at(slot)] = firstFree;
      firstFree = slot;
    }
  }

  /** Says that a sync begins. */
  synchronized void beginSync() {
    firstSettling = joined(firstHeld, firstSettling);
    firstHeld = NO_SLOT;
  }

  /** Says that the sync succeeded: nothing on the medium names what was freed before it began. */
  synchronized void endSync() {
    firstFree = joined(firstSettling, firstFree);
    firstSettling = NO_SLOT;
  }

  private int joined(int first, int rest) {
    if (first == NO_SLOT) {
      return rest;
    }
    int last = first;
    for (int next = first; next != NO_SLOT; next = chunk(next).nextFree[at(next)]) {
      last = next;
    }
    chunk(last).nextFree[at(last)] = rest;
    return first;
  }

  void setGeneration(long content, long generation) {
    int slot = slot(content);
    chunk(slot).generations[at(slot)] = generation;
  }

  /** Generation of the zpage of a content that the caller knows to be alive. */
  long generation(long content) {
    int slot = slot(content);
    return chunk(slot).generations[at(slot)];
  }

  /** A generation for a record, newer than everything before. */
  long nextGeneration() {
    return generations.incrementAndGet();
  }

  /**
   * Adds a reference that was found on the medium, by the one thread that opens the store.
   *
   * @param pool pool of the content
   * @param slot index in it
   * @param generation of its zpage
   * @param zpageBytes size of its zpage
   * @return its name, or {@link #NONE} when there is no memory
   */
  synchronized long restore(Pool pool, int slot, long generation, int zpageBytes) {
    while (slot >= made) {
      if (!grow()) {
        return NONE;
      }
    }
    Chunk chunk = chunk(slot);
    long state = chunk.states.get(at(slot));
    if ((state & REFERENCES) == 0) {
      chunk.generations[at(slot)] = generation;
      chunk.sizes[at(slot)] =
          pools.contents().indexOf(pool) << BYTES_BITS
              | Math.min(zpageBytes, (1 << BYTES_BITS) - 1);
      alive.increment();
    } else {
      savedBytes.add(zpageBytes(slot));
    }
    chunk.states.set(at(slot), state + 1);
    references.increment();
    return slot;
  }

  /** Makes the list of free slots anew, after the last {@link #restore}. */
  synchronized void endRecovery() {
    firstFree = NO_SLOT;
    for (int slot = made - 1; slot >= 0; slot--) {
      if (referencesOf(slot) == 0) {
        chunk(slot).nextFree[at(slot)] = firstFree;
        firstFree = slot;
      }
    }
  }

  DeduplicationStats stats() {
    return new DeduplicationStats(
        references.sum(),
        alive.sum(),
        savedBytes.sum(),
        counters.putsShared.sum(),
        counters.hashHits.sum(),
        counters.comparisons.sum(),
        counters.mismatches.sum(),
        counters.notCompared.sum(),
        counters.nanos.sum(),
        counters.sightingBytes + chunks.length * CHUNK_BYTES);
  }

  /** Whether entries name the content with an index in a pool, in a store that begins. */
  synchronized boolean isNamed(Pool pool, int slot) {
    return slot >= 0 && slot < made && referencesOf(slot) > 0 && pool(slot) == pool;
  }

  /** Pages that name the content in a slot now, for inspection. */
  long referencesOf(int slot) {
    return chunk(slot).states.get(at(slot)) & REFERENCES;
  }
}
