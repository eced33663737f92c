// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Moves zpages down the hierarchy in the background.
 *
 * <p>Made by the store with its {@link Hierarchy}; thread-safe. After {@link #close} nothing moves
 * and no shadow is left in the page table.
 */
public interface Writeback extends AutoCloseable {
  /** A writeback that moves nothing, for stores of one tier. */
  Writeback NONE =
      new Writeback() {
        @Override
        public void wake() {}

        @Override
        public long writeBack(WritebackRequest request) {
          return 0;
        }

        @Override
        public WritebackStats stats() {
          return WritebackStats.ZERO;
        }

        @Override
        public void close() {}

        @Override
        public boolean hasEnded() {
          return true;
        }
      };

  /** Says that a tier is filling up. Never blocks, never throws, cheap enough for the put path. */
  void wake();

  /**
   * Writes back the coldest pages on request, whatever the watermarks say, and waits until they are
   * committed, or until nothing has moved for so long that the tier below must hang; then writeback
   * itself goes on.
   *
   * @param request what and how much
   * @return pages that left the tier until then
   * @throws InterruptedException when the caller is interrupted; writeback itself goes on
   */
  long writeBack(WritebackRequest request) throws InterruptedException;

  /**
   * Counters of all movements.
   *
   * @return an immutable snapshot
   */
  WritebackStats stats();

  /**
   * Completes or cancels what is in flight, in bounded time, and stops. Idempotent; {@link
   * #runLast} comes next.
   */
  @Override
  void close();

  /**
   * Runs the last steps of a store that closes, such as its last sync, and waits for them as long
   * as they get on: a medium may hang. A writeback without threads just runs them.
   *
   * @param steps what to do; throws nothing
   * @param progress grows while they get on
   * @param patience longest wait without any progress
   * @return false when they hang; they may go on all the same
   */
  default boolean runLast(Runnable steps, LongSupplier progress, Duration patience) {
    steps.run();
    return true;
  }

  /**
   * Whether nothing of it touches a tier any more. After {@link #close} false means that a call
   * into a tier hangs; that tier must stay open, or its memory would go under the caller.
   *
   * @return true when tiers may be closed
   */
  boolean hasEnded();
}
