// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import io.pagestrata.core.tier.MemoryBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The repeated words of same-filled pages, encoded in 47 bits of an entry.
 *
 * <p>A word of two equal halves, which nearly all are, is encoded by its half. Others get a number
 * in a table that only grows, up to 65536 of them; when it is full, or the budget has no room for
 * it, further such pages are stored as zpages like any other. The idea of keeping same-filled pages
 * as their word is from Linux {@code mm/zswap.c}. Thread-safe and lock-free.
 */
public final class FillPatterns {
  /** Answer of {@link #encode}: no room for another pattern. */
  public static final long NOT_ENCODABLE = -1;

  private static final int CAPACITY = 1 << 16;
  private static final int SLOTS = CAPACITY * 2;
  private static final long MEMORY_BYTES = SLOTS * 8L;
  private static final long NUMBERED = 1L << 46;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private final AtomicInteger count = new AtomicInteger();

  /**
   * Made when the first pattern with unequal halves comes; 0 means empty, and 0 is never stored.
   */
  private volatile long[] words;

  private final MemoryBudget budget;

  /**
   * Makes an empty table.
   *
   * @param budget pays for it when the first pattern with unequal halves comes
   */
  public FillPatterns(MemoryBudget budget) {
    this.budget = budget;
  }

  /**
   * Encodes a repeated word.
   *
   * @param word the word
   * @return a number of 47 bits, or {@link #NOT_ENCODABLE}
   */
  public long encode(long word) {
    if ((int) word == (int) (word >>> 32)) {
      return word & 0xffff_ffffL;
    }
    long[] table = table();
    if (table == null) {
      return NOT_ENCODABLE;
    }
    int slot = (int) ((word * 0x9e37_79b9_7f4a_7c15L) >>> 47);
    while (true) {
      long seen = (long) WORD.getVolatile(table, slot);
      if (seen == word) {
        return NUMBERED | slot;
      }
      if (seen != 0) {
        slot = slot + 1 & SLOTS - 1;
      } else if (count.get() >= CAPACITY) {
        return NOT_ENCODABLE;
      } else if (WORD.compareAndSet(table, slot, 0L, word)) {
        count.incrementAndGet();
        return NUMBERED | slot;
      }
    }
  }

  /**
   * Turns an encoded pattern back into the word.
   *
   * @param pattern from {@link #encode}
   * @return the repeated word
   */
  public long decode(long pattern) {
    if ((pattern & NUMBERED) != 0) {
      return (long) WORD.getVolatile(words, (int) pattern & SLOTS - 1);
    }
    return pattern << 32 | pattern;
  }

  /** The table, made when there is none; null when the budget has no room. */
  private long[] table() {
    long[] table = words;
    if (table == null) {
      synchronized (this) {
        table = words;
        if (table == null && budget.tryCharge(MEMORY_BYTES)) {
          table = new long[SLOTS];
          words = table;
        }
      }
    }
    return table;
  }
}
