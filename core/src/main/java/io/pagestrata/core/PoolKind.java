// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/** The two kinds of data of transcendent memory (Magenheimer, zcache, 2011). */
public enum PoolKind {
  /** Never loses an accepted page: swap. A refused put leaves the old content in place. */
  PERSISTENT,
  /**
   * May drop any page at any time: cache of data that exists elsewhere. A refused put leaves
   * nothing, so that stale content is never read.
   */
  EPHEMERAL
}
