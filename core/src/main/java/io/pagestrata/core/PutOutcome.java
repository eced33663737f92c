// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** Expected results of a put; each refusal has its own counter. */
public enum PutOutcome {
  /** The page is in the store. */
  STORED,
  /** RAM is full, and no room came there within the put wait, or none can come. */
  REFUSED_FULL,
  /** The limit of RAM leaves no room for more page table, and none came within the put wait. */
  REFUSED_TABLE_FULL,
  /** RAM is full, and a tier below has written what it may write today. */
  REFUSED_BUDGET,
  /** The tenant of the pool holds as much as it may, and nothing of it went in time. */
  REFUSED_TENANT_LIMIT,
  /** No codec shrinks the page, and the store takes no such pages. */
  REFUSED_INCOMPRESSIBLE;

  /**
   * Whether the page is in the store.
   *
   * @return true for {@link #STORED}
   */
  public boolean isStored() {
    return this == STORED;
  }
}
