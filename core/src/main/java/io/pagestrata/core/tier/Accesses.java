// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.util.function.LongSupplier;

/**
 * Hears which zpages are stored and read, whatever tier they rest in. On the paths of put and get,
 * so it neither waits nor allocates. Thread-safe.
 */
public abstract class Accesses {
  /** Hears nothing. */
  public static final Accesses UNHEARD =
      new Accesses() {
        @Override
        protected void stored(long page) {}

        @Override
        protected void read(long page) {}
      };

  /** Decides whether a page that was read from a lower tier comes up again, counted in zpages. */
  @FunctionalInterface
  public interface Promotion {
    /**
     * Asked on every refault.
     *
     * @param refaultDistance zpages that left the tier since this one did
     * @param capacity zpages that the tier holds
     * @param referenced whether an earlier refault was served without promotion
     * @return true to bring it up
     */
    boolean promote(long refaultDistance, long capacity, boolean referenced);
  }

  private static final long MIX = 0x9E3779B97F4A7C15L;

  /** Pages of which any of these bits is set in the number are not heard of. */
  private volatile long unheardBits = -1;

  /** Makes one that hears nothing yet. */
  protected Accesses() {}

  /**
   * Begins to hear; once, before the first access.
   *
   * @param zpagesThatFit asked now and then: zpages that the tier holds when it is full
   * @param promotion what becomes of zpages that are read further down
   * @param budget charged for what is noted; when it has no room, nothing is heard
   */
  public void begin(LongSupplier zpagesThatFit, Promotion promotion, MemoryBudget budget) {}

  /**
   * Says which pages are heard of.
   *
   * @param unheard bits that are all 0 in the numbers of those pages; -1 for no page
   */
  protected final void hearWithout(long unheard) {
    unheardBits = unheard;
  }

  /**
   * Notes that a page was put.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index page index in the object
   */
  public final void onPut(int pool, long object, int index) {
    long page = number(pool, object, index);
    if ((page & unheardBits) == 0) {
      stored(page);
    }
  }

  /**
   * Notes that a page was read and found.
   *
   * @param pool pool of the page
   * @param object object of the page
   * @param index page index in the object
   */
  public final void onGet(int pool, long object, int index) {
    long page = number(pool, object, index);
    if ((page & unheardBits) == 0) {
      read(page);
    }
  }

  /**
   * Hears of a put.
   *
   * @param page a number that no other page shares, or about never
   */
  protected abstract void stored(long page);

  /**
   * Hears of a read.
   *
   * @param page the number of the page
   */
  protected abstract void read(long page);

  private static long number(int pool, long object, int index) {
    long mixed = (object * MIX + pool) * MIX + index;
    mixed = (mixed ^ mixed >>> 32) * MIX;
    return mixed ^ mixed >>> 29;
  }
}
