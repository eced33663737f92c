// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.util.List;
import java.util.Optional;

/**
 * Everything a server needs to know beside its exports. Immutable.
 *
 * @param addresses where it listens, at least one
 * @param tls how it encrypts; empty: not at all
 * @param limits what clients may ask for at most
 */
public record NbdSettings(List<NbdAddress> addresses, Optional<NbdTls> tls, NbdLimits limits) {
  /**
   * Checks and copies.
   *
   * @param addresses see above
   * @param tls see above
   * @param limits see above
   * @throws IllegalArgumentException when there is no address
   */
  public NbdSettings {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("a server needs an address");
    }
  }

  /**
   * Settings without TLS and with the default limits.
   *
   * @param addresses where to listen
   * @return the settings
   */
  public static NbdSettings of(NbdAddress... addresses) {
    return new NbdSettings(List.of(addresses), Optional.empty(), NbdLimits.defaults());
  }
}
