// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.nio.ByteBuffer;

/**
 * A 64-bit hash of a page, by the rounds of xxHash64: four sums side by side, which a processor
 * works on at once.
 *
 * <p>Anybody can make two pages with one hash, so it only says where to look; what it finds is
 * compared. Stateless, thread-safe.
 */
final class PageHash {
  static final long PRIME_1 = 0x9e37_79b1_85eb_ca87L;
  static final long PRIME_2 = 0xc2b2_ae3d_27d4_eb4fL;
  private static final long PRIME_3 = 0x1656_67b1_9e37_79f9L;

  /** Words that are taken in one turn, each by a sum of its own. */
  static final int SUMS = 4;

  private static final int TURN_BYTES = SUMS * Long.BYTES;

  private PageHash() {}

  /**
   * Hashes a page.
   *
   * @param page holds it from position 0 on
   * @param pageBytes its size, a multiple of 32
   */
  static long of(ByteBuffer page, int pageBytes) {
    long a = PRIME_1;
    long b = PRIME_2;
    long c = 0;
    long d = -PRIME_1;
    for (int i = 0; i < pageBytes; i += TURN_BYTES) {
      a = round(a, SameFilled.word(page, i));
      b = round(b, SameFilled.word(page, i + Long.BYTES));
      c = round(c, SameFilled.word(page, i + 2 * Long.BYTES));
      d = round(d, SameFilled.word(page, i + 3 * Long.BYTES));
    }
    long hash =
        Long.rotateLeft(a, 1)
            + Long.rotateLeft(b, 7)
            + Long.rotateLeft(c, 12)
            + Long.rotateLeft(d, 18);
    hash = (hash ^ hash >>> 33) * PRIME_2;
    hash = (hash ^ hash >>> 29) * PRIME_3;
    return hash ^ hash >>> 32;
  }

  private static long round(long sum, long word) {
    return Long.rotateLeft(sum + word * PRIME_2, 31) * PRIME_1;
  }
}
