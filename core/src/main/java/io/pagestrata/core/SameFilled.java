// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Detection and making of pages that are one 64-bit word repeated.
 *
 * <p>The last word is compared before the scan, since most pages that begin alike end otherwise
 * (the order of Linux {@code mm/zswap.c}). Stateless, thread-safe.
 */
final class SameFilled {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private SameFilled() {}

  /** The first word of a page, which is repeated if {@link #is} says so. */
  static long word(ByteBuffer page, int offset) {
    return (long) LONG.get(page, offset);
  }

  static boolean is(ByteBuffer page, int offset, int pageBytes) {
    long first = word(page, offset);
    if (word(page, offset + pageBytes - Long.BYTES) != first) {
      return false;
    }
    for (int i = Long.BYTES; i < pageBytes; i += Long.BYTES) {
      if (word(page, offset + i) != first) {
        return false;
      }
    }
    return true;
  }

  static void fill(ByteBuffer page, int offset, int pageBytes, long word) {
    for (int i = 0; i < pageBytes; i += Long.BYTES) {
      LONG.set(page, offset + i, word);
    }
  }
}
