// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/**
 * Who wants room in an upper tier; later ones may use more of the reserve, so that making room
 * never fails for want of room (hazards H16 and H17).
 */
public enum StoreIntent {
  /** A refault that would like to bring its zpage up; never worth a stall. */
  PROMOTION,
  /** A put; waits when refused. */
  PUT,
  /** Reclaim and cleaning, which free more than they take. */
  RECLAIM,
  /**
   * Reclaim, for a zpage that nobody read but that must not leave now, since its tenant has less of
   * the tier than its share or must not write: it has not shown that it is worth keeping.
   */
  SPARE
}
