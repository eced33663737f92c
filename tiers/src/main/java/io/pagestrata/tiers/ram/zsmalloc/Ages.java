// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.UpperTier;
import java.util.Arrays;

/**
 * All zpages in order of age, beside the zspages, which know nothing of age.
 *
 * <pre>
 *   new:    oldest [chunk] [chunk] ... [chunk, open]  youngest
 *   kept:          oldest [chunk] ... [chunk, open]   by second chance: between the ends of the other
 * </pre>
 *
 * <p>A chunk is a run of handles stored one after the other; the coldest chunk is the region of
 * reclaim. Chunks of kept zpages are a queue of their own, since each gets an age between the chunk
 * under reclaim and the youngest; both queues are in order, so the oldest chunk of all is at the
 * head of one of them, unless the policy makes two lines of them. A shown chunk is in no queue;
 * settled, it goes back to where its age belongs.
 *
 * <p>When most of a chunk has died, the rest joins the chunk before it, which is of about the same
 * age; so a few zpages that live long among many that die young do not cost a chunk each.
 *
 * <p>Guarded by the lock of the {@link Ledger}.
 */
final class Ages {
  private static final int QUEUES = 2;
  private static final int KEPT = 1;
  private static final int SHOWN = 2;
  private static final int CONDEMNED = 4;
  private static final int FEW_ENTRIES = AgeChunks.ENTRIES / 4;
  private static final int CHUNK_BITS = Integer.SIZE - AgeChunks.ENTRY_BITS;

  private final AgeChunks chunks;
  private final Handles handles;
  private final EvictionPolicy eviction;
  private final int[] oldest = new int[QUEUES];
  private final int[] youngest = new int[QUEUES];
  private final int[] counts = new int[QUEUES];
  private long ageClock;
  private long reclaimedAge;
  private int lives;

  Ages(AgeChunks chunks, Handles handles, EvictionPolicy eviction) {
    this.chunks = chunks;
    this.handles = handles;
    this.eviction = eviction;
    Arrays.fill(oldest, AgeChunks.NONE);
    Arrays.fill(youngest, AgeChunks.NONE);
  }

  /** Enters a handle as the youngest of its queue; false when there is no chunk for it. */
  boolean add(int handle, StoreIntent intent, long nanos) {
    int queue = eviction.isKept(intent) ? KEPT : 0;
    int chunk = youngest[queue];
    if (chunk == AgeChunks.NONE || chunks.filled(chunk) == AgeChunks.ENTRIES) {
      chunk = open(queue, intent);
    }
    if (chunk == AgeChunks.NONE) {
      return false;
    }
    chunks.setNanos(chunk, nanos);
    enter(chunk, handle);
    return true;
  }

  private int open(int queue, StoreIntent intent) {
    long between = (long) ((ageClock - reclaimedAge) * eviction.rejoinAge());
    long age = queue == KEPT ? reclaimedAge + between : ageClock + 1;
    lives = lives == Integer.MAX_VALUE ? 1 : lives + 1;
    int chunk = chunks.take(intent, age, lives);
    if (chunk != AgeChunks.NONE) {
      ageClock = Math.max(ageClock, age);
      chunks.setState(chunk, queue);
      link(chunk, youngest[queue], AgeChunks.NONE);
    }
    return chunk;
  }

  private void enter(int chunk, int handle) {
    int index = chunks.filled(chunk);
    chunks.setEntry(chunk, index, handle);
    chunks.setFilled(chunk, index + 1);
    chunks.setLive(chunk, chunks.live(chunk) + 1);
    handles.setAge(handle, chunk << AgeChunks.ENTRY_BITS | index);
  }

  /** Strikes a handle out; false when its chunk is shown, so that the handle waits for settle. */
  boolean remove(int handle) {
    int age = handles.age(handle);
    int chunk = age >>> AgeChunks.ENTRY_BITS;
    int index = age & (1 << AgeChunks.ENTRY_BITS) - 1;
    boolean shown = (chunks.state(chunk) & SHOWN) != 0;
    chunks.setEntry(chunk, index, shown ? handle | AgeChunks.GONE : AgeChunks.EMPTY);
    chunks.setLive(chunk, chunks.live(chunk) - 1);
    if (!shown) {
      shrink(chunk);
    }
    return !shown;
  }

  private void shrink(int chunk) {
    int live = chunks.live(chunk);
    boolean queued = (chunks.state(chunk) & CONDEMNED) == 0;
    if (live == 0) {
      if (queued) {
        unlink(chunk);
      }
      chunks.put(chunk);
    } else if (queued && live <= FEW_ENTRIES && chunk != youngest[queue(chunk)]) {
      int older = chunks.previous(chunk);
      if (older != AgeChunks.NONE && chunks.live(older) + live <= AgeChunks.ENTRIES) {
        join(older, chunk);
      }
    }
  }

  private void join(int older, int chunk) {
    int filled = chunks.filled(older);
    chunks.setFilled(older, 0);
    chunks.setLive(older, 0);
    enterAll(older, older, filled);
    enterAll(older, chunk, chunks.filled(chunk));
    seal(older);
    if (chunks.nanos(chunk) - chunks.nanos(older) > 0) {
      chunks.setNanos(older, chunks.nanos(chunk));
    }
    unlink(chunk);
    chunks.put(chunk);
  }

  private void enterAll(int to, int from, int filled) {
    for (int i = 0; i < filled; i++) {
      int entry = chunks.entry(from, i);
      if (entry != AgeChunks.EMPTY) {
        enter(to, entry);
      }
    }
  }

  /**
   * Takes the oldest chunk that was filled before a time out of its queue.
   *
   * @param members gets its handles
   * @return the region, or {@link UpperTier#NOTHING}
   */
  long show(long untouchedSinceNanos, int[] members) {
    int chunk = coldest(untouchedSinceNanos);
    if (chunk == AgeChunks.NONE) {
      return UpperTier.NOTHING;
    }
    unlink(chunk);
    chunks.setState(chunk, chunks.state(chunk) | SHOWN);
    reclaimedAge = chunks.age(chunk);
    for (int i = 0; i < members.length; i++) {
      members[i] = i < chunks.filled(chunk) ? chunks.entry(chunk, i) : AgeChunks.EMPTY;
    }
    return (long) chunks.life(chunk) << CHUNK_BITS | chunk;
  }

  private int coldest(long untouchedSinceNanos) {
    if (untouchedSinceNanos == Long.MAX_VALUE
        && counts[0] > 0
        && counts[KEPT] > 0
        && eviction.keepsTwoLines()) {
      return oldest[eviction.showsKept(counts[0], counts[KEPT]) ? KEPT : 0];
    }
    int chunk = AgeChunks.NONE;
    for (int head : oldest) {
      if (head != AgeChunks.NONE
          && (untouchedSinceNanos == Long.MAX_VALUE || chunks.nanos(head) - untouchedSinceNanos < 0)
          && (chunk == AgeChunks.NONE || chunks.age(head) < chunks.age(chunk))) {
        chunk = head;
      }
    }
    return chunk;
  }

  /** Puts a shown chunk back, or lets it go when it is empty; handles that waited become free. */
  void settle(long region) {
    int chunk = chunk(region);
    if (!isShown(region)) {
      return;
    }
    for (int i = 0; i < chunks.filled(chunk); i++) {
      int entry = chunks.entry(chunk, i);
      if ((entry & (AgeChunks.EMPTY | AgeChunks.GONE)) == AgeChunks.GONE) {
        chunks.setEntry(chunk, i, AgeChunks.EMPTY);
        handles.put(entry & ~AgeChunks.GONE);
      }
    }
    chunks.setState(chunk, chunks.state(chunk) & ~SHOWN);
    if ((chunks.state(chunk) & CONDEMNED) == 0) {
      linkByAge(chunk);
    }
    shrink(chunk);
  }

  /** Keeps stores from adding to a chunk, which would make young what is old. */
  private void seal(int chunk) {
    for (int i = chunks.filled(chunk); i < AgeChunks.ENTRIES; i++) {
      chunks.setEntry(chunk, i, AgeChunks.EMPTY);
    }
    chunks.setFilled(chunk, AgeChunks.ENTRIES);
  }

  private void linkByAge(int chunk) {
    seal(chunk);
    int next = oldest[queue(chunk)];
    int previous = AgeChunks.NONE;
    while (next != AgeChunks.NONE && chunks.age(next) < chunks.age(chunk)) {
      previous = next;
      next = chunks.next(next);
    }
    link(chunk, previous, next);
  }

  /** Keeps a shown chunk out of its queue for good; true when it was not condemned before. */
  boolean condemn(long region) {
    int chunk = chunk(region);
    if (!isShown(region) || (chunks.state(chunk) & CONDEMNED) != 0) {
      return false;
    }
    chunks.setState(chunk, chunks.state(chunk) | CONDEMNED);
    return true;
  }

  private boolean isShown(long region) {
    int chunk = chunk(region);
    return chunks.isInTable(chunk)
        && chunks.life(chunk) == (int) (region >>> CHUNK_BITS)
        && (chunks.state(chunk) & SHOWN) != 0;
  }

  private static int chunk(long region) {
    return (int) (region & (1 << CHUNK_BITS) - 1);
  }

  private int queue(int chunk) {
    return chunks.state(chunk) & KEPT;
  }

  private void link(int chunk, int previous, int next) {
    counts[queue(chunk)]++;
    chunks.setPrevious(chunk, previous);
    chunks.setNext(chunk, next);
    if (previous == AgeChunks.NONE) {
      oldest[queue(chunk)] = chunk;
    } else {
      chunks.setNext(previous, chunk);
    }
    if (next == AgeChunks.NONE) {
      youngest[queue(chunk)] = chunk;
    } else {
      chunks.setPrevious(next, chunk);
    }
  }

  private void unlink(int chunk) {
    counts[queue(chunk)]--;
    int previous = chunks.previous(chunk);
    int next = chunks.next(chunk);
    if (previous == AgeChunks.NONE) {
      oldest[queue(chunk)] = next;
    } else {
      chunks.setNext(previous, next);
    }
    if (next == AgeChunks.NONE) {
      youngest[queue(chunk)] = previous;
    } else {
      chunks.setPrevious(next, previous);
    }
  }
}
