// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** What becomes of the coldest pages of ephemeral pools when a tier is short of room. */
public enum EphemeralPages {
  /** They are dropped, oldest first: for data that is cheaper to make again than to write. */
  DROP,
  /**
   * They are written to the tier below like any other page, and dropped only where that is not
   * possible: below the last tier, beyond a budget or a tenant's tiers, or while nothing can be
   * written.
   */
  WRITE_BACK
}
