// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** What of a store outlives it. */
public enum Durability {
  /** Nothing: the files are deleted at the start and at the end. */
  VOLATILE,
  /** Persistent pools: what was done before a sync survives every crash, a close keeps all. */
  DURABLE
}
