// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** How the lines of the writeback monitor look. */
public enum MonitorFormat {
  /** For people. */
  TEXT,
  /** One JSON object a line. */
  JSON
}
