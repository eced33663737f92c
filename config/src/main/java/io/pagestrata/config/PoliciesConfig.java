// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;

/**
 * What is done with pages of different kinds. Immutable; checked as part of a {@link
 * PagestrataConfig}. What each value means stands in {@link PolicySettings}.
 *
 * @param ephemeralPages what becomes of cold ephemeral pages
 * @param incompressiblePages what is done with pages that no codec shrinks
 * @param deduplication which identical pages share one zpage
 */
public record PoliciesConfig(
    EphemeralPages ephemeralPages,
    IncompressiblePages incompressiblePages,
    Deduplication deduplication) {
  /** Ephemeral pages are dropped, incompressible ones kept, no page is shared. */
  public static final PoliciesConfig DEFAULT =
      new PoliciesConfig(EphemeralPages.DROP, IncompressiblePages.KEEP, Deduplication.OFF);

  static PoliciesConfig from(SectionDraft draft) {
    return new PoliciesConfig(
        draft.get(PolicySettings.EPHEMERAL_PAGES),
        draft.get(PolicySettings.INCOMPRESSIBLE_PAGES),
        draft.get(PolicySettings.DEDUPLICATION));
  }
}
