// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** When a page that was read from a lower tier comes up again. */
public enum PromotionMode {
  /** When it would have stayed in a top tier a little larger, as Linux {@code mm/workingset.c}. */
  REFAULT_DISTANCE,
  /** On every refault. */
  ALWAYS,
  /** Not at all: refaulted pages stay where they are. */
  NEVER
}
