// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a store treats pages of different kinds and owners. Immutable.
 *
 * @param ephemeral what becomes of cold ephemeral pages
 * @param incompressible what is done with pages that no codec shrinks
 * @param tenants owners of pools with limits or weights; one named {@link
 *     TenantLimits#DEFAULT_NAME} is added when it is missing
 * @param deduplication which identical pages share one zpage
 */
public record StorePolicies(
    EphemeralPages ephemeral,
    IncompressiblePages incompressible,
    List<TenantLimits> tenants,
    Deduplication deduplication) {
  /**
   * Ephemeral pages are dropped, incompressible ones kept; one tenant without limits; no page is
   * shared.
   */
  public static final StorePolicies DEFAULT =
      new StorePolicies(EphemeralPages.DROP, IncompressiblePages.KEEP, List.of());

  /**
   * Copies the list.
   *
   * @param ephemeral see above
   * @param incompressible see above
   * @param tenants see above
   * @param deduplication see above
   * @throws IllegalArgumentException when two tenants have one name
   */
  public StorePolicies {
    tenants = List.copyOf(tenants);
    Set<String> names = new HashSet<>();
    for (TenantLimits tenant : tenants) {
      if (!names.add(tenant.name())) {
        throw new IllegalArgumentException("two tenants are named '" + tenant.name() + "'");
      }
    }
  }

  /**
   * Policies under which no page is shared.
   *
   * @param ephemeral see above
   * @param incompressible see above
   * @param tenants see above
   * @throws IllegalArgumentException when two tenants have one name
   */
  public StorePolicies(
      EphemeralPages ephemeral, IncompressiblePages incompressible, List<TenantLimits> tenants) {
    this(ephemeral, incompressible, tenants, Deduplication.OFF);
  }

  /**
   * The same policies with pages shared otherwise.
   *
   * @param scope which identical pages share
   * @return policies
   */
  public StorePolicies with(Deduplication scope) {
    return new StorePolicies(ephemeral, incompressible, tenants, scope);
  }
}
