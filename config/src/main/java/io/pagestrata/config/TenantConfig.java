// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.Optional;

/**
 * A tenant, who owns pools, and what it may take. Immutable; checked as part of a {@link
 * PagestrataConfig}. What each value means stands in {@link TenantSettings}.
 *
 * @param name unique in its store
 * @param weight share of RAM when that is short, against the weights of the others
 * @param ramMaxBytes most bytes of zpages in RAM, or empty for no limit
 * @param maxBytes most bytes of zpages in all tiers, or empty for no limit
 * @param tiers tiers that its pages may use
 * @param writeLimits most bytes written to disk for it in a second and in a day
 */
public record TenantConfig(
    String name,
    int weight,
    Optional<Long> ramMaxBytes,
    Optional<Long> maxBytes,
    TenantTiers tiers,
    WriteLimits writeLimits) {
  /** The owner of every pool that names none, without limits. */
  public static final TenantConfig DEFAULT =
      new TenantConfig(
          "default", 1, Optional.empty(), Optional.empty(), TenantTiers.ALL, WriteLimits.NONE);

  static TenantConfig from(SectionDraft draft) {
    return new TenantConfig(
        draft.get(TenantSettings.NAME),
        draft.get(TenantSettings.WEIGHT),
        draft.get(TenantSettings.RAM_MAX_SIZE),
        draft.get(TenantSettings.MAX_SIZE),
        draft.get(TenantSettings.TIERS),
        new WriteLimits(
            draft.get(TenantSettings.WRITE_BYTES_PER_SECOND),
            draft.get(TenantSettings.WRITE_BYTES_PER_DAY)));
  }
}
