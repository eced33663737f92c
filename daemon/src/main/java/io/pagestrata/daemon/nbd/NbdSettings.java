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
 * @param busyPoll whether event loops may look for the next request a while before they sleep
 */
public record NbdSettings(
    List<NbdAddress> addresses, Optional<NbdTls> tls, NbdLimits limits, boolean busyPoll) {
  /**
   * Checks and copies.
   *
   * @param addresses see above
   * @param tls see above
   * @param limits see above
   * @param busyPoll see above
   * @throws IllegalArgumentException when there is no address
   */
  public NbdSettings {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("a server needs an address");
    }
  }

  /**
   * Settings without TLS, with the default limits and busy polling.
   *
   * @param addresses where to listen
   * @return the settings
   */
  public static NbdSettings of(NbdAddress... addresses) {
    return new NbdSettings(List.of(addresses), Optional.empty(), NbdLimits.defaults(), true);
  }
}
