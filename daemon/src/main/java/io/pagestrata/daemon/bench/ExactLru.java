// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.Arrays;

/**
 * The textbook cache of page numbers: keeps the most recently used ones, to the page. The yardstick
 * for the hits of the RAM tier. For one thread.
 */
final class ExactLru {
  private static final int NONE = -1;

  private final int capacity;
  private final int[] older;
  private final int[] younger;
  private final boolean[] present;
  private int oldest = NONE;
  private int youngest = NONE;
  private int size;

  ExactLru(int capacity, int devicePages) {
    this.capacity = capacity;
    older = new int[devicePages];
    younger = new int[devicePages];
    present = new boolean[devicePages];
    Arrays.fill(older, NONE);
    Arrays.fill(younger, NONE);
  }

  /**
   * Uses a page, which brings it in.
   *
   * @return whether it was there already
   */
  boolean use(int page) {
    boolean hit = present[page];
    if (hit) {
      unlink(page);
    } else if (size == capacity) {
      remove(oldest);
    }
    link(page);
    return hit;
  }

  void remove(int page) {
    if (present[page]) {
      unlink(page);
    }
  }

  int size() {
    return size;
  }

  private void link(int page) {
    older[page] = youngest;
    younger[page] = NONE;
    if (youngest == NONE) {
      oldest = page;
    } else {
      younger[youngest] = page;
    }
    youngest = page;
    present[page] = true;
    size++;
  }

  private void unlink(int page) {
    if (older[page] == NONE) {
      oldest = younger[page];
    } else {
      younger[older[page]] = younger[page];
    }
    if (younger[page] == NONE) {
      youngest = older[page];
    } else {
      older[younger[page]] = older[page];
    }
    present[page] = false;
    size--;
  }
}
