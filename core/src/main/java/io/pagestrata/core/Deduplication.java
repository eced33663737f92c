// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * Which identical pages share one zpage.
 *
 * <p>Whoever can put a page and time it learns whether the same page is there already, so pages are
 * shared only among those who may know that of each other.
 */
public enum Deduplication {
  /** None. */
  OFF,

  /** Those of one pool. */
  POOL,

  /** Those of the pools of one tenant. */
  TENANT,

  /** All of a store: only where its tenants trust each other. */
  STORE
}
