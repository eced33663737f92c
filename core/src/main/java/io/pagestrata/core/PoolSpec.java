// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a pool is to be. Immutable.
 *
 * @param name 1 to 128 characters on one line; unique among the pools that exist
 * @param kind whether its pages may be dropped
 * @param tenant name of its owner, who pays for its pages
 * @param shared whether several users may make it: the first makes it, the others join, and it is
 *     destroyed when the last of them destroys it
 */
public record PoolSpec(String name, PoolKind kind, String tenant, boolean shared) {
  private static final Pattern NAME = Pattern.compile("[^\\p{Cc}]{1,128}");

  /**
   * Checks that nothing is missing.
   *
   * @param name see above
   * @param kind see above
   * @param tenant see above
   * @param shared see above
   * @throws NullPointerException when one is null; says which
   */
  public PoolSpec {
    // Later it would break the search for other pools.
    Objects.requireNonNull(name, "name of the pool");
    Objects.requireNonNull(kind, "kind of the pool");
    Objects.requireNonNull(tenant, "tenant of the pool");
  }

  /** Of a new pool only: one that a manifest names is there already. */
  void checkName() {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a pool has 1 to 128 characters on one line, not these " + name.length());
    }
  }

  /**
   * A private pool of the default tenant.
   *
   * @param name unique among the pools that exist
   * @param kind whether its pages may be dropped
   * @return a specification
   */
  public static PoolSpec of(String name, PoolKind kind) {
    return new PoolSpec(name, kind, TenantLimits.DEFAULT_NAME, false);
  }

  /**
   * A shared pool of the default tenant, named by 128 bits that its users agreed on.
   *
   * @param id the same for all who share it
   * @param kind whether its pages may be dropped
   * @return a specification
   */
  public static PoolSpec shared(UUID id, PoolKind kind) {
    return new PoolSpec(id.toString(), kind, TenantLimits.DEFAULT_NAME, true);
  }

  /**
   * The same pool with another owner.
   *
   * @param owner name of a tenant of the store
   * @return a specification
   */
  public PoolSpec ownedBy(String owner) {
    return new PoolSpec(name, kind, owner, shared);
  }
}
