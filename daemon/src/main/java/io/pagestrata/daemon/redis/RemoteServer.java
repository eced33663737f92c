// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.redis;

import io.pagestrata.RemoteTierBuilder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A server as the options of a command name it, with the words of the settings. Immutable.
 *
 * @param uri such as {@code redis://127.0.0.1:6379}
 * @param username ACL user, or empty for the default user
 * @param passwordFile file whose first line is the password, or empty for none
 * @param trustedCertificates PEM file of authorities, or empty for those of the JDK
 */
public record RemoteServer(
    String uri,
    Optional<String> username,
    Optional<Path> passwordFile,
    Optional<Path> trustedCertificates) {
  /**
   * Makes it the server of a tier.
   *
   * @param remote options of the tier
   */
  public void addTo(RemoteTierBuilder remote) {
    remote.servers(uri);
    username.ifPresent(remote::username);
    passwordFile.ifPresent(remote::passwordFile);
    trustedCertificates.ifPresent(remote::trustedCertificates);
  }
}
