// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

/** Expected results of storing a batch; a broken medium is an {@link java.io.IOException}. */
public enum TierOutcome {
  /** Every zpage of the batch has its locator. */
  STORED,
  /** The configured size is used up and cleaning cannot help now. */
  FULL,
  /** What may be written today is written; reads go on, and flushed zpages make room as ever. */
  OVER_BUDGET,
  /** The tier met faults and takes no more zpages; reads go on. */
  READ_ONLY,
  /** The tier was closed. */
  CLOSED
}
