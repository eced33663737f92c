// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import java.util.Arrays;

/**
 * What every page must hold, in one byte a page: the round in which it was last put.
 *
 * <p>In round r, page i gets the bytes of input page {@code (i + r * stride) mod pages}; round 0 is
 * the page itself. So the input is the only copy of the truth. A page is changed by the thread that
 * owns it; other threads read it after a hand-over such as the end of a phase.
 */
final class ExpectedPages {
  /** Rounds fit into a byte with room for "absent". */
  static final int ROUNDS = 100;

  private static final byte ABSENT = -1;

  private final byte[] rounds;
  private final int stride;

  ExpectedPages(int pages, long seed) {
    rounds = new byte[pages];
    Arrays.fill(rounds, ABSENT);
    stride = 1 + Math.floorMod((int) (seed * 0x9E3779B97F4A7C15L >>> 33), Math.max(1, pages - 1));
  }

  int pages() {
    return rounds.length;
  }

  boolean isAbsent(int page) {
    return rounds[page] == ABSENT;
  }

  int round(int page) {
    return rounds[page];
  }

  /** Number of the input page whose bytes a page gets in a round. */
  int source(int page, int round) {
    return (int) ((page + (long) round * stride) % rounds.length);
  }

  void put(int page, int round) {
    rounds[page] = (byte) round;
  }

  void flushed(int page) {
    rounds[page] = ABSENT;
  }
}
