// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** Expected results of a put; each refusal has its own counter. */
public enum PutOutcome {
  /** The page is in the store. */
  STORED,
  /** Every tier is full and no room came within the put wait. */
  REFUSED_FULL,
  /** The memory limit leaves no room for more page table. */
  REFUSED_TABLE_FULL,
  /** RAM is full, and a tier below has written what it may write today. */
  REFUSED_BUDGET;

  /**
   * Whether the page is in the store.
   *
   * @return true for {@link #STORED}
   */
  public boolean isStored() {
    return this == STORED;
  }
}
