// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.nio.ByteBuffer;

/**
 * Makes zpages denser for one tier: those on their way into it, and cold ones that rest in it.
 * Whoever moves zpages can ask for it without knowing a codec. Thread-safe.
 */
public interface Recompressor extends AutoCloseable {
  /** Lets every zpage pass as it is. */
  Recompressor NONE =
      new Recompressor() {
        @Override
        public int recompress(ByteBuffer memory, int offset, int bytes) {
          return bytes;
        }

        @Override
        public long idleAgeNanos() {
          return 0;
        }

        @Override
        public boolean isReady() {
          return false;
        }

        @Override
        public RecompressionStats stats() {
          return RecompressionStats.ZERO;
        }

        @Override
        public void close() {}
      };

  /**
   * Replaces a zpage by a denser one of the same page and generation, in place, or leaves it as it
   * is: when it is too small to be worth it, was tried before, is damaged, or when the CPU budget
   * is used up. One that does not get denser is marked, so that it is not tried again.
   *
   * @param memory direct buffer of the caller's own that holds the zpage; its position and limit
   *     stay as they are
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @return new header and payload length, at most {@code bytes}
   */
  int recompress(ByteBuffer memory, int offset, int bytes);

  /**
   * Age at which zpages at rest in the tier are to be tried.
   *
   * @return nanoseconds, 0 for never
   */
  long idleAgeNanos();

  /**
   * Whether the CPU budget allows work now; for those who can come back later.
   *
   * @return false when every zpage would pass as it is
   */
  boolean isReady();

  /**
   * Counters.
   *
   * @return an immutable snapshot
   */
  RecompressionStats stats();

  /** Gives native memory back; zpages pass as they are from now on. */
  @Override
  void close();
}
