// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

/** Whether a durable tier keeps a location index. */
public enum IndexMode {
  /**
   * As soon as there are so many records that it pays, when this JVM can run Chronicle Map;
   * otherwise a line in the log says what is missing.
   */
  AUTO,
  /**
   * From the first sealed segment on; a JVM that cannot run Chronicle Map does not open the store.
   */
  ON,
  /** Never; one that is there is deleted. */
  OFF
}
