// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.eviction;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Gives pages small numbers: a hash table of fixed size, in which a new page takes the number of
 * one that nobody needs any more. For one thread at a time.
 */
final class SampledPages {
  /** Heap bytes for each page. */
  static final int BYTES_PER_PAGE = 16;

  private static final int NONE = -1;

  private final long[] pages;
  private final int[] next;
  private final int[] first;
  private final int mask;
  private int used;
  private int hand;

  /** Makes an empty table of a power of two. */
  SampledPages(int size) {
    pages = new long[size];
    next = new int[size];
    first = new int[size];
    mask = size - 1;
    forgetAll();
  }

  void forgetAll() {
    Arrays.fill(first, NONE);
    used = 0;
  }

  int size() {
    return pages.length;
  }

  /** The number of a page, or -1. */
  int find(long page) {
    int number = first[bucket(page)];
    while (number != NONE && pages[number] != page) {
      number = next[number];
    }
    return number;
  }

  /** Gives a new page a number, if need be the one of a page that is not needed. */
  int add(long page, IntPredicate needed) {
    int number = used < pages.length ? used++ : takeAway(needed);
    pages[number] = page;
    next[number] = first[bucket(page)];
    first[bucket(page)] = number;
    return number;
  }

  private int takeAway(IntPredicate needed) {
    do {
      hand = hand + 1 & mask;
    } while (needed.test(hand));
    int bucket = bucket(pages[hand]);
    if (first[bucket] == hand) {
      first[bucket] = next[hand];
    } else {
      int before = first[bucket];
      while (next[before] != hand) {
        before = next[before];
      }
      next[before] = next[hand];
    }
    return hand;
  }

  /** The low bits are those that say which pages are heard of. */
  private int bucket(long page) {
    return (int) (page >>> Integer.SIZE) & mask;
  }
}
