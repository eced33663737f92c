// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * The hits of a cache that knows the future (Belady 1966): what is read again last, or not before
 * it is written, leaves first. Stateless.
 */
final class Optimum {
  private static final int NEVER = Integer.MAX_VALUE;

  private Optimum() {}

  /** Reads of written pages that it would serve with room for so many pages. */
  static long hits(SwapTrace trace, int capacity) {
    int[] nextReads = nextReads(trace);
    boolean[] written = new boolean[trace.devicePages()];
    int[] heldUntil = new int[trace.devicePages()];
    Arrays.fill(heldUntil, NEVER);
    // Next read and page in one number, in the order of the next read.
    TreeSet<Long> held = new TreeSet<>();
    long hits = 0;
    int at = 0;
    for (int i = 0; i < trace.records(); i++) {
      int operation = trace.operation(i);
      int end = trace.firstPage(i) + trace.pageCount(i);
      for (int page = trace.firstPage(i); page < end; page++, at++) {
        written[page] =
            operation == SwapTrace.WRITE || operation == SwapTrace.READ && written[page];
        if (heldUntil[page] != NEVER) {
          held.remove((long) heldUntil[page] << Integer.SIZE | page);
          hits += operation == SwapTrace.READ ? 1 : 0;
        }
        heldUntil[page] = written[page] ? nextReads[at] : NEVER;
        if (nextReads[at] != NEVER && written[page]) {
          held.add((long) nextReads[at] << Integer.SIZE | page);
          if (held.size() > capacity) {
            long last = held.pollLast();
            heldUntil[(int) last] = NEVER;
          }
        }
      }
    }
    return hits;
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
