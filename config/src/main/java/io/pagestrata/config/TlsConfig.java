// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Encryption of connections. Immutable; checked as part of a {@link DaemonConfig}. What each value
 * means stands in {@link DaemonSettings}.
 *
 * @param mode whether connections are encrypted
 * @param certificate PEM file with the chain of the server, or empty when the mode is off
 * @param key PEM file with the private key of the server, or empty when the mode is off
 * @param clientCa PEM file with the authorities of client certificates, or empty to ask for none
 */
public record TlsConfig(
    TlsMode mode, Optional<Path> certificate, Optional<Path> key, Optional<Path> clientCa) {
  static TlsConfig from(SectionDraft draft) {
    return new TlsConfig(
        draft.get(DaemonSettings.TLS_MODE),
        draft.get(DaemonSettings.TLS_CERTIFICATE),
        draft.get(DaemonSettings.TLS_KEY),
        draft.get(DaemonSettings.TLS_CLIENT_CA));
  }
}
