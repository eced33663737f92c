// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.eviction;

import io.pagestrata.core.tier.Accesses;
import java.util.Arrays;

/**
 * What a tier of two lines would do with some pages if its kept zpages had a certain share: page
 * numbers, no bytes. For one thread at a time.
 */
final class ModelTier {
  /** Heap bytes for each page. */
  static final int BYTES_PER_PAGE = 13;

  private static final byte UNKNOWN = 0;
  private static final byte BELOW = 1;
  private static final byte BELOW_AND_READ = 2;
  private static final byte NEW = 4;
  private static final byte KEPT = 8;
  private static final byte REFERENCED = 16;
  private static final int LINE_MASK = NEW | KEPT;

  final double keptShare;

  private final int pages;
  private final byte[] states;
  private final int[] evictedAt;
  private final int[] older;
  private final int[] younger;
  private int capacity;
  private int newCount;
  private int keptCount;
  private int evictions;
  private double hits;

  /** Makes an empty one for pages of these numbers from 0. */
  ModelTier(double keptShare, int pages) {
    this.keptShare = keptShare;
    this.pages = pages;
    states = new byte[pages];
    evictedAt = new int[pages];
    older = new int[pages + 2];
    younger = new int[pages + 2];
    forgetAll();
  }

  void forgetAll() {
    Arrays.fill(states, UNKNOWN);
    for (int node = 0; node < older.length; node++) {
      older[node] = node;
      younger[node] = node;
    }
    newCount = 0;
    keptCount = 0;
  }

  void setCapacity(int capacity) {
    this.capacity = capacity;
  }

  boolean holds(int page) {
    return (states[page] & LINE_MASK) != 0;
  }

  /** Forgets a page that it does not hold. */
  void forget(int page) {
    states[page] = UNKNOWN;
  }

  void stored(int page) {
    leave(page);
    join(page, NEW);
    evict();
  }

  void read(int page, Accesses.Promotion promotion) {
    byte state = states[page];
    if ((state & LINE_MASK) != 0) {
      hits++;
      states[page] = (byte) (state | REFERENCED);
      return;
    }
    long distance = state == UNKNOWN ? Long.MAX_VALUE : evictions - evictedAt[page];
    if (promotion.promote(distance, capacity, state == BELOW_AND_READ)) {
      join(page, KEPT);
      evict();
    } else {
      if (state == UNKNOWN) {
        evictedAt[page] = evictions;
      }
      states[page] = BELOW_AND_READ;
    }
  }

  private void evict() {
    while (newCount + keptCount > capacity) {
      boolean kept = keptCount > keptShare * (newCount + keptCount);
      int page = younger[kept || newCount == 0 ? pages + 1 : pages];
      boolean referenced = (states[page] & REFERENCED) != 0;
      leave(page);
      if (referenced) {
        join(page, KEPT);
      } else {
        states[page] = BELOW;
        evictedAt[page] = evictions++;
      }
    }
  }

  private void join(int page, byte line) {
    states[page] = line;
    int end = line == NEW ? pages : pages + 1;
    int last = older[end];
    older[page] = last;
    younger[page] = end;
    younger[last] = page;
    older[end] = page;
    newCount += line == NEW ? 1 : 0;
    keptCount += line == KEPT ? 1 : 0;
  }

  private void leave(int page) {
    newCount -= (states[page] & NEW) != 0 ? 1 : 0;
    keptCount -= (states[page] & KEPT) != 0 ? 1 : 0;
    younger[older[page]] = younger[page];
    older[younger[page]] = older[page];
    older[page] = page;
    younger[page] = page;
  }

  /** Reads that it would have served, older ones counting less. */
  double hits() {
    return hits;
  }

  void fade(double share) {
    hits *= share;
  }
}
