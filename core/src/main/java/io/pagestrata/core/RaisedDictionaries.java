// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.tier.ZpageDictionary;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Dictionaries of zpages that came up lately: those leave what a walk will see for what it has
 * passed. Thread-safe, without locks.
 */
final class RaisedDictionaries {
  private static final int NUMBERS = 1 << 16;

  private final AtomicLongArray bits = new AtomicLongArray(NUMBERS / Long.SIZE);

  /** Before the entry of a zpage is changed that comes up. */
  void note(ByteBuffer memory, int offset) {
    int number = ZpageDictionary.of(memory, offset);
    if (number != 0) {
      long bit = 1L << number;
      int word = number / Long.SIZE;
      if ((bits.get(word) & bit) == 0) {
        bits.accumulateAndGet(word, bit, (was, more) -> was | more);
      }
    }
  }

  void clear() {
    for (int i = 0; i < bits.length(); i++) {
      bits.set(i, 0);
    }
  }

  void addTo(BitSet all) {
    for (int i = 0; i < bits.length(); i++) {
      for (long left = bits.get(i); left != 0; left &= left - 1) {
        all.set(i * Long.SIZE + Long.numberOfTrailingZeros(left));
      }
    }
  }
}
