// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How connections are encrypted. Immutable.
 *
 * @param mode whether clients may or must ask for it
 * @param certificates PEM file with the server's certificate chain
 * @param privateKey PEM file (PKCS 8) with its private key
 * @param clientAuthorities PEM file of the authorities whose client certificates are accepted; when
 *     present every TLS client needs a certificate
 */
public record NbdTls(
    Mode mode, Path certificates, Path privateKey, Optional<Path> clientAuthorities) {
  /** Who is encrypted. */
  public enum Mode {
    /** Whoever asks. */
    OPTIONAL,
    /** Everybody; whoever does not ask gets no export. */
    REQUIRED
  }

  /**
   * Checks that nothing is missing.
   *
   * @param mode see above
   * @param certificates see above
   * @param privateKey see above
   * @param clientAuthorities see above
   */
  public NbdTls {
    Objects.requireNonNull(mode);
    Objects.requireNonNull(certificates);
    Objects.requireNonNull(privateKey);
    Objects.requireNonNull(clientAuthorities);
  }
}
