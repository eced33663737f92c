// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.tier.MemoryBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where a page with some hash was put last: a table of fixed size in which a newer sighting takes
 * the place of an older one.
 *
 * <pre>
 *  63          52 51         32 31            0      63                          0
 * | fingerprint  |    pool     |     index     |    |           object            |
 * </pre>
 *
 * <p>A sighting is a hint and no more: the page may have changed or gone since, and a sighting that
 * two threads write at once may be half of each. Whoever follows it looks at the page itself. So
 * there is no lock. Thread-safe.
 */
final class Sightings {
  /** Pools with higher ids are not remembered; ids are never given out twice. */
  private static final int MOST_POOLS = 1 << 20;

  private static final int LEAST = 1 << 8;
  private static final int WORDS = 2;
  private static final int POOL_SHIFT = 32;
  private static final int FINGERPRINT_SHIFT = 52;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] words;
  private final int mask;

  /**
   * Makes an empty table.
   *
   * @param budget pays for it; when it has no room for so many bytes the table is smaller
   * @param mostBytes size to aim at
   */
  Sightings(MemoryBudget budget, long mostBytes) {
    long most = Math.min(mostBytes / (WORDS * Long.BYTES), 1 << 29);
    int slots = Math.max(LEAST, (int) Long.highestOneBit(Math.max(1, most)));
    while (slots > 0 && !budget.tryCharge((long) slots * WORDS * Long.BYTES)) {
      slots = slots > LEAST ? slots / 2 : 0;
    }
    words = new long[slots * WORDS];
    mask = slots - 1;
  }

  long memoryBytes() {
    return (long) words.length * Long.BYTES;
  }

  /** Remembers where a page was put. */
  void note(long hash, int pool, long object, int index) {
    if (words.length == 0 || pool >= MOST_POOLS) {
      return;
    }
    int slot = slot(hash);
    long fingerprint = hash >>> FINGERPRINT_SHIFT << FINGERPRINT_SHIFT;
    long key = fingerprint | (long) pool << POOL_SHIFT | Integer.toUnsignedLong(index);
    WORD.setOpaque(words, slot, key);
    WORD.setOpaque(words, slot + 1, object);
  }

  /** Where a page with this hash may be; 0 for nowhere. */
  long find(long hash) {
    if (words.length == 0) {
      return 0;
    }
    long key = (long) WORD.getOpaque(words, slot(hash));
    return (key ^ hash) >>> FINGERPRINT_SHIFT == 0 ? key : 0;
  }

  /** Object of the page that {@link #find} told of. */
  long object(long hash) {
    return (long) WORD.getOpaque(words, slot(hash) + 1);
  }

  static int pool(long key) {
    return (int) (key >>> POOL_SHIFT) & MOST_POOLS - 1;
  }

  static int index(long key) {
    return (int) key;
  }

  private int slot(long hash) {
    return ((int) hash & mask) * WORDS;
  }
}
