// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.PolicySettings;
import io.pagestrata.core.Deduplication;
import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;

/**
 * Policies for pages of different kinds.
 *
 * <p>Each may be set once; what is not set has the default of {@link PolicySettings}. Not
 * thread-safe.
 */
public final class PoliciesBuilder {
  private final SectionBuilder section;

  PoliciesBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Says what becomes of cold pages of ephemeral pools.
   *
   * @param policy dropped or written back
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PoliciesBuilder ephemeralPages(EphemeralPages policy) {
    section.set(PolicySettings.EPHEMERAL_PAGES, policy);
    return this;
  }

  /**
   * Says what becomes of cold pages of ephemeral pools.
   *
   * @param policy as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PoliciesBuilder ephemeralPages(String policy) {
    section.setText(PolicySettings.EPHEMERAL_PAGES, policy);
    return this;
  }

  /**
   * Says what is done with pages that no codec shrinks.
   *
   * @param policy kept, written back first or refused
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PoliciesBuilder incompressiblePages(IncompressiblePages policy) {
    section.set(PolicySettings.INCOMPRESSIBLE_PAGES, policy);
    return this;
  }

  /**
   * Says what is done with pages that no codec shrinks.
   *
   * @param policy as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PoliciesBuilder incompressiblePages(String policy) {
    section.setText(PolicySettings.INCOMPRESSIBLE_PAGES, policy);
    return this;
  }

  /**
   * Says which identical pages of persistent pools share one zpage.
   *
   * @param scope none, those of one pool, of one tenant or of the whole store
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PoliciesBuilder deduplication(Deduplication scope) {
    section.set(PolicySettings.DEDUPLICATION, scope);
    return this;
  }

  /**
   * Says which identical pages of persistent pools share one zpage.
   *
   * @param scope as in YAML
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public PoliciesBuilder deduplication(String scope) {
    section.setText(PolicySettings.DEDUPLICATION, scope);
    return this;
  }
}
