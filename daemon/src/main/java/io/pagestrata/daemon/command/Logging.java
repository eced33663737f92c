// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Switches on what the logging configuration keeps quiet by default. */
final class Logging {
  private static final String MONITOR_LOGGER = "pagestrata.writeback";

  private Logging() {}

  /** Measurements fill tiers on purpose: warnings of that would only tear the output apart. */
  static void showMonitorErrorsOnly() {
    Configurator.setLevel(MONITOR_LOGGER, Level.ERROR);
  }

  static void showMonitorLog() {
    Configurator.setLevel(MONITOR_LOGGER, Level.INFO);
  }
}
