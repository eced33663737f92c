// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

/** Hears every event of writeback, those that the log leaves out included. */
@FunctionalInterface
public interface MonitorListener {
  /** Hears nothing. */
  MonitorListener NONE = event -> {};

  /**
   * Takes one event, on the monitor's thread.
   *
   * @param event what happened
   */
  void onEvent(MonitorEvent event);
}
