// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import java.util.Optional;
import java.util.function.DoubleSupplier;

/** Makes the line of the kept share when that is another one than the last time. One thread. */
final class EvictionLine {
  private final DoubleSupplier keptShare;
  private double before;

  EvictionLine(DoubleSupplier keptShare) {
    this.keptShare = keptShare;
    before = keptShare.getAsDouble();
  }

  /** The line, or none when the share is the same; the first one is told when it is left. */
  Optional<MonitorEvent> next() {
    double now = keptShare.getAsDouble();
    if (now == before) {
      return Optional.empty();
    }
    before = now;
    return Optional.of(new MonitorEvent(EventKind.EVICTION).with(Field.KEPT_SHARE, now));
  }
}
