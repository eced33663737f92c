// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

import java.util.Optional;

/**
 * Which zpages of a tier reclaim is after, see {@link Hierarchy#aim}. Immutable.
 *
 * @param tenant name of the tenant whose zpages alone may leave, or empty for everybody's
 * @param incompressibleOnly whether only zpages that are no smaller than their pages may leave
 * @param fair whether tenants below their share of the tier are spared
 * @param mayWrite whether zpages may leave that must be written for it
 */
public record ReclaimAim(
    Optional<String> tenant, boolean incompressibleOnly, boolean fair, boolean mayWrite) {
  /** Everything, by age alone. */
  public static final ReclaimAim ANY = new ReclaimAim(Optional.empty(), false, false, true);

  /** Everything that is no smaller than its page. */
  public static final ReclaimAim INCOMPRESSIBLE =
      new ReclaimAim(Optional.empty(), true, false, true);

  /**
   * The zpages of one tenant.
   *
   * @param name name of the tenant
   * @return an aim
   */
  public static ReclaimAim ofTenant(String name) {
    return new ReclaimAim(Optional.of(name), false, false, true);
  }

  /**
   * The same aim, but nothing is written.
   *
   * @return an aim at clean and ephemeral zpages
   */
  public ReclaimAim withoutWriting() {
    return new ReclaimAim(tenant, incompressibleOnly, fair, false);
  }

  /**
   * The same aim, with or without regard to shares.
   *
   * @param value whether tenants below their share are spared
   * @return an aim
   */
  public ReclaimAim fair(boolean value) {
    return new ReclaimAim(tenant, incompressibleOnly, value, mayWrite);
  }
}
