// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import io.pagestrata.writeback.monitor.Movement;
import io.pagestrata.writeback.monitor.MovementCounters;
import io.pagestrata.writeback.pipeline.Upkeep;

/**
 * Upkeep of a tier in the middle of a chain: beside cleaning, room is made by what sinks to the
 * tier below. It rests only when cleaning does and nothing can sink. Thread-safe.
 */
final class RelievedTier implements Upkeep {
  private final Upkeep cleaning;
  private final Link down;
  private final MovementCounters movements;

  RelievedTier(Upkeep cleaning, Link down, MovementCounters movements) {
    this.cleaning = cleaning;
    this.down = down;
    this.movements = movements;
  }

  @Override
  public void wake() {
    cleaning.wake();
    down.reclaimer().signal().ring();
  }

  @Override
  public long gains() {
    return cleaning.gains() + movements.get(Movement.LEFT_BYTES);
  }

  @Override
  public long rests() {
    return down.isStuck() ? cleaning.rests() : 0;
  }
}
