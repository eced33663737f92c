// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * The hits of a cache that knows the future (Belady 1966): what is read again last, or not before
 * it is written, leaves first. For one thread.
 */
final class Optimum {
  private static final int NEVER = Integer.MAX_VALUE;

  private final int capacity;

  /** Whether a page was written and not trimmed since. */
  private final boolean[] written;

  /** When each page that is held is read next. */
  private final int[] heldUntil;

  /** Next read and page in one number, in the order of the next read. */
  private final TreeSet<Long> held = new TreeSet<>();

  private Optimum(int devicePages, int capacity) {
    this.capacity = capacity;
    written = new boolean[devicePages];
    heldUntil = new int[devicePages];
    Arrays.fill(heldUntil, NEVER);
  }

  /** Reads of written pages that it would serve with room for so many pages. */
  static long hits(SwapTrace trace, int capacity) {
    Optimum cache = new Optimum(trace.devicePages(), capacity);
    int[] nextReads = nextReads(trace);
    long hits = 0;
    int at = 0;
    for (int i = 0; i < trace.records(); i++) {
      int end = trace.firstPage(i) + trace.pageCount(i);
      for (int page = trace.firstPage(i); page < end; page++, at++) {
        hits += cache.isHit(page, trace.operation(i), nextReads[at]) ? 1 : 0;
      }
    }
    return hits;
  }

  /** Goes on by one operation on one page; true when that is a read of a page it holds. */
  private boolean isHit(int page, int operation, int nextRead) {
    written[page] = operation == SwapTrace.WRITE || operation == SwapTrace.READ && written[page];
    boolean wasHeld = heldUntil[page] != NEVER;
    if (wasHeld) {
      held.remove((long) heldUntil[page] << Integer.SIZE | page);
    }
    heldUntil[page] = written[page] ? nextRead : NEVER;
    if (heldUntil[page] != NEVER) {
      held.add((long) nextRead << Integer.SIZE | page);
      if (held.size() > capacity) {
        heldUntil[held.pollLast().intValue()] = NEVER;
      }
    }
    return wasHeld && operation == SwapTrace.READ;
  }

  /** For each page of each record, when it is next read, unless it is written or trimmed before. */
  private static int[] nextReads(SwapTrace trace) {
    int count = 0;
    for (int i = 0; i < trace.records(); i++) {
      count += trace.pageCount(i);
    }
    int[] nextReads = new int[count];
    int[] nextOfPage = new int[trace.devicePages()];
    Arrays.fill(nextOfPage, NEVER);
    int at = count;
    for (int i = trace.records() - 1; i >= 0; i--) {
      int first = trace.firstPage(i);
      for (int page = first + trace.pageCount(i) - 1; page >= first; page--) {
        at--;
        boolean isTrim =
            trace.operation(i) != SwapTrace.WRITE && trace.operation(i) != SwapTrace.READ;
        nextReads[at] = isTrim ? NEVER : nextOfPage[page];
        nextOfPage[page] = trace.operation(i) == SwapTrace.READ ? at : NEVER;
      }
    }
    return nextReads;
  }
}
