// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * State of a tier as operators see it.
 *
 * <pre>
 *   OPEN --size used up--> FULL --space freed--> OPEN
 *   OPEN --day's bytes written--> OVER_BUDGET --next day--> OPEN
 *   OPEN, FULL --repeated faults--> READ_ONLY --a trial write succeeds--> OPEN
 *   any --close--> CLOSED
 * </pre>
 */
public enum TierState {
  /** Takes and shows zpages. */
  OPEN,
  /** Shows zpages; takes more as soon as space is freed. */
  FULL,
  /** Shows zpages; takes no more before its write budget begins a new day. */
  OVER_BUDGET,
  /** Shows zpages; takes none since its medium failed. */
  READ_ONLY,
  /** Does nothing any more. */
  CLOSED
}
