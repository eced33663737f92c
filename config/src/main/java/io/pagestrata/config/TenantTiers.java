// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

/** Tiers that the pages of a tenant may use. */
public enum TenantTiers {
  /** Every tier of the chain. */
  ALL,
  /** Every tier but those on disk. */
  NO_DISK,
  /** The tiers in RAM. */
  RAM_ONLY
}
