// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import io.pagestrata.core.tier.EvictionPolicy;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.tiers.ram.ages.Links;
import io.pagestrata.tiers.ram.ages.RegionAges;

/**
 * Hands out locators, in runs that are the regions of the pool: what is stored about the same time
 * has neighbouring locators and is evicted together.
 *
 * <pre>
 * locator  47      28 | 27     5 | 4     0
 *          life       | run      | place in the run
 *
 *   free      in no list
 *     | the last open run is full
 *   open      hands out its places in turn; in the order of ages
 *     | all handed out, or reclaim wants it
 *   listed    in the order of ages
 *     | reclaim shows it                         ^ settled with something left
 *   shown     not shown again
 *
 *   any but open, with nothing alive, nothing on its way in, and settled: free, and the next life
 * </pre>
 *
 * <p>Per place one byte says what is there: its size, and whether its value ends with a backing
 * locator. Guarded by the lock of the pool.
 */
final class Runs {
  static final int NONE = -1;

  /** Places of a run. */
  static final int PLACES = 32;

  /** Tables of one run: a byte for each place, and as much for the rest. */
  static final int BYTES_PER_RUN = 2 * PLACES;

  private static final int RUN_SHIFT = 5;
  private static final int RUN_BITS = 23;
  private static final int LIFE_SHIFT = RUN_SHIFT + RUN_BITS;
  private static final int LIFE_MASK = (1 << 20) - 1;

  /** Most runs that locators can name. */
  static final int MOST_RUNS = 1 << RUN_BITS;

  private static final byte BACKED = (byte) 0x80;
  private static final int SIZE_MASK = 0x7f;
  private static final byte LISTED = 1;
  private static final byte SHOWN = 2;
  private static final byte DAMAGED = 4;
  private static final byte OPEN = 8;

  private final int runs;
  private final byte[] places;
  private final int[] alive;
  private final int[] life;
  private final byte[] pending;
  private final byte[] state;
  private final int[] free;
  private final RegionAges ages;
  private final EvictionPolicy eviction;
  private int freeCount;
  private int openForNew = NONE;
  private int openForKept = NONE;
  private int handedToNew;
  private int handedToKept;

  Runs(int runs, EvictionPolicy eviction) {
    this.runs = runs;
    this.eviction = eviction;
    places = new byte[runs * PLACES];
    alive = new int[runs];
    life = new int[runs];
    pending = new byte[runs];
    state = new byte[runs];
    ages = new RegionAges(runs, eviction);
    free = new int[runs];
    for (int run = 0; run < runs; run++) {
      free[run] = runs - 1 - run;
    }
    freeCount = runs;
  }

  /** Share of the runs in use, 0 to 1. */
  double usedShare() {
    return 1 - (double) freeCount / runs;
  }

  /** Takes a locator whose zpage is on its way in, or {@link #NONE}. */
  long hand(StoreIntent intent, long nanos) {
    boolean kept = eviction.isKept(intent);
    int run = kept ? openForKept : openForNew;
    int handed = kept ? handedToKept : handedToNew;
    if (run == NONE || handed == PLACES) {
      if (freeCount == 0) {
        return NONE;
      }
      seal(run);
      run = open(kept, intent, nanos);
      handed = 0;
    }
    if (kept) {
      handedToKept = handed + 1;
    } else {
      handedToNew = handed + 1;
    }
    pending[run]++;
    ages.touch(run, nanos);
    return (long) life[run] << LIFE_SHIFT | (long) run << RUN_SHIFT | handed;
  }

  private int open(boolean kept, StoreIntent intent, long nanos) {
    int run = free[--freeCount];
    life[run] = life[run] + 1 & LIFE_MASK;
    state[run] = LISTED | OPEN;
    if (kept) {
      openForKept = run;
    } else {
      openForNew = run;
    }
    ages.add(run, intent, nanos);
    return run;
  }

  private void seal(int run) {
    if (run == NONE) {
      return;
    }
    clear(run, OPEN);
    if (run == openForNew) {
      openForNew = NONE;
    } else {
      openForKept = NONE;
    }
    freeIfEmpty(run);
  }

  /** Ends what {@link #hand} began: the zpage is in the map. */
  void stored(long locator, int chunks, boolean backed) {
    int run = run(locator);
    places[place(locator)] = (byte) (chunks | (backed ? BACKED : 0));
    alive[run] |= 1 << locator;
    pending[run]--;
  }

  /** Keeps the run of a zpage that is alive from ending, until {@link #letGo}. */
  void hold(long locator) {
    pending[run(locator)]++;
  }

  /** Ends what {@link #hand} began when the zpage did not fit, or {@link #hold}. */
  void letGo(long locator) {
    int run = run(locator);
    pending[run]--;
    freeIfEmpty(run);
  }

  boolean isAlive(long locator) {
    return locator >>> LIFE_SHIFT <= LIFE_MASK
        && run(locator) < runs
        && life[run(locator)] == (int) (locator >>> LIFE_SHIFT)
        && (alive[run(locator)] & 1 << locator) != 0;
  }

  /** Chunks of a zpage that is alive. */
  int chunks(long locator) {
    return places[place(locator)] & SIZE_MASK;
  }

  boolean isBacked(long locator) {
    return (places[place(locator)] & BACKED) != 0;
  }

  /** Takes a zpage that is alive out of its run. */
  void free(long locator) {
    int run = run(locator);
    alive[run] &= ~(1 << locator);
    freeIfEmpty(run);
  }

  private void freeIfEmpty(int run) {
    if (alive[run] == 0 && pending[run] == 0 && (state[run] & (SHOWN | OPEN)) == 0) {
      if ((state[run] & LISTED) != 0) {
        ages.remove(run);
      }
      state[run] = 0;
      free[freeCount++] = run;
    }
  }

  /** Takes the coldest run that holds something, or has something on its way in. */
  int takeColdest(long untouchedSinceNanos) {
    while (true) {
      int run = ages.coldest(untouchedSinceNanos);
      if (run == Links.NONE) {
        return NONE;
      }
      boolean empty = alive[run] == 0 && pending[run] == 0;
      if ((state[run] & OPEN) != 0) {
        seal(run);
      }
      if (!empty) {
        ages.remove(run);
        clear(run, LISTED);
        set(run, SHOWN);
        return run;
      }
    }
  }

  /** Name of a run in its present life. */
  long region(int run) {
    return (long) life[run] * runs + run;
  }

  /** The places of a run in which something is alive, as bits. */
  int aliveIn(int run) {
    return alive[run];
  }

  long locator(int run, int place) {
    return (long) life[run] << LIFE_SHIFT | (long) run << RUN_SHIFT | place;
  }

  void settle(long region) {
    int run = (int) (region % runs);
    if (!isShown(run, region)) {
      return;
    }
    clear(run, SHOWN);
    freeIfEmpty(run);
    if ((state[run] & DAMAGED) == 0 && (alive[run] != 0 || pending[run] != 0)) {
      set(run, LISTED);
      ages.putBack(run);
    }
  }

  /** Keeps a shown run from being listed again; false when it is so already. */
  boolean condemn(long region) {
    int run = (int) (region % runs);
    if (!isShown(run, region) || (state[run] & DAMAGED) != 0) {
      return false;
    }
    set(run, DAMAGED);
    return true;
  }

  private boolean isShown(int run, long region) {
    return (state[run] & SHOWN) != 0 && life[run] == (int) (region / runs);
  }

  private void set(int run, byte flag) {
    state[run] = (byte) (state[run] | flag);
  }

  private void clear(int run, byte flag) {
    state[run] = (byte) (state[run] & ~flag);
  }

  private static int run(long locator) {
    return (int) (locator >>> RUN_SHIFT) & MOST_RUNS - 1;
  }

  private static int place(long locator) {
    return (int) (locator & (long) MOST_RUNS * PLACES - 1);
  }
}
