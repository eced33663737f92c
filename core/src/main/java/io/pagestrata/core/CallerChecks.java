// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;

/** Checks of what callers pass in, made before anything is changed. Stateless, thread-safe. */
final class CallerChecks {
  private CallerChecks() {}

  static void checkIndexes(int firstIndex, long count) {
    long first = Integer.toUnsignedLong(firstIndex);
    if (count < 0 || count > (1L << 32) - first) {
      throw new IllegalArgumentException(
          count + " pages from " + first + " leave the 32-bit index");
    }
  }

  /** A target that cannot be written must be found out before a take has removed the page. */
  static void checkTarget(ByteBuffer target, long neededBytes) {
    checkRoom(target.remaining(), neededBytes);
    if (target.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
  }

  static void checkArray(int arrayBytes, int offset, long neededBytes) {
    if (offset < 0 || offset > arrayBytes) {
      throw new IllegalArgumentException(
          "the offset " + offset + " is not in the array of " + arrayBytes + " bytes");
    }
    checkRoom(arrayBytes - offset, neededBytes);
  }

  static void checkRoom(long availableBytes, long neededBytes) {
    if (availableBytes < neededBytes) {
      throw new IllegalArgumentException(
          "the buffer has " + availableBytes + " bytes of the " + neededBytes + " needed");
    }
  }
}
