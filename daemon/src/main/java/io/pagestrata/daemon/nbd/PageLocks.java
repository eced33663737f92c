// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.concurrent.locks.StampedLock;

/**
 * Keeps a change of part of a page, which reads, changes and puts the page, apart from every other
 * change of it. Changes of whole pages share: the store orders those.
 *
 * <p>Order: who holds several stripes took them in ascending order and shared; who holds one
 * exclusively takes no other. Neighbouring pages have one lock, so that a long range needs few.
 * Thread-safe.
 */
final class PageLocks {
  private static final int STRIPES = 256;
  private static final int PAGES_SHIFT = 3;

  private final StampedLock[] stripes = new StampedLock[STRIPES];

  PageLocks() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new StampedLock();
    }
  }

  StampedLock of(long page) {
    return stripes[(int) (page >>> PAGES_SHIFT) & STRIPES - 1];
  }

  /** Holds a run of pages shared while something is done. */
  void shared(long firstPage, long pages, Runnable action) {
    long firstGroup = firstPage >>> PAGES_SHIFT;
    long groups = (firstPage + pages - 1 >>> PAGES_SHIFT) - firstGroup + 1;
    int first = (int) firstGroup & STRIPES - 1;
    long[] stamps = new long[STRIPES];
    for (int i = 0; i < STRIPES; i++) {
      if ((i - first & STRIPES - 1) < groups) {
        stamps[i] = stripes[i].readLock();
      }
    }
    try {
      action.run();
    } finally {
      for (int i = 0; i < STRIPES; i++) {
        if (stamps[i] != 0) {
          stripes[i].unlockRead(stamps[i]);
        }
      }
    }
  }
}
