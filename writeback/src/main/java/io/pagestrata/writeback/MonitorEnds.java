// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback;

import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.writeback.monitor.MonitorListener;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the monitor log says of the store beside its movements, and who hears the log.
 *
 * @param stalls puts that had to wait, ever; asked on background threads
 * @param store all that the store counts, empty while it is being made; asked by the monitor
 * @param listener hears every event
 */
public record MonitorEnds(
    LongSupplier stalls, Supplier<Optional<StoreStats>> store, MonitorListener listener) {
  /** Nobody listens, and of the store nothing is known. */
  public static final MonitorEnds NONE = heardBy(MonitorListener.NONE);

  /**
   * Somebody listens, and of the store nothing is known.
   *
   * @param listener hears every event
   * @return ends
   */
  public static MonitorEnds heardBy(MonitorListener listener) {
    return new MonitorEnds(() -> 0, Optional::empty, listener);
  }
}
