// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * Life of a store: {@code OPEN --close()--> CLOSING --operations ended--> CLOSED}. There is no way
 * back.
 */
public enum StoreState {
  /** Serves every operation. */
  OPEN,
  /** Operations under way complete, new ones are refused, writeback ends what is in flight. */
  CLOSING,
  /** Memory and files are released. */
  CLOSED
}
