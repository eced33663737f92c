// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteUri;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the remote tier is to be measured: on servers that are there, or on servers of this machine
 * that the benchmark starts, and then may let hang and die.
 *
 * @param uris servers that are there; empty to start some
 * @param username ACL user, or empty for the default user
 * @param passwordFile file whose first line is the password, or empty for none
 * @param trustedCertificates PEM file of authorities, or empty for those of the JDK
 * @param binary program to start; needed without servers
 */
public record RemoteServers(
    List<String> uris,
    Optional<String> username,
    Optional<Path> passwordFile,
    Optional<Path> trustedCertificates,
    Optional<Path> binary) {
  /**
   * Checks that every server is written as one.
   *
   * @param uris any
   * @param username any
   * @param passwordFile any
   * @param trustedCertificates any
   * @param binary any
   * @throws IllegalArgumentException when one is not, without repeating a password
   */
  public RemoteServers {
    uris = List.copyOf(uris);
    uris.forEach(RemoteUri::parse);
  }

  /** Whether the benchmark starts its servers. */
  boolean areOurs() {
    return uris.isEmpty();
  }

  RemotePlace server() throws java.io.IOException {
    return areOurs()
        ? RemotePlace.startServer(binary.orElseThrow())
        : new RemotePlace("servers", access(), null, null);
  }

  RemotePlace cluster() throws java.io.IOException {
    return RemotePlace.startCluster(binary.orElseThrow());
  }

  private RemoteSettings.Access access() {
    return new RemoteSettings.Access(
        uris.stream().map(RemoteUri::parse).toList(), username, passwordFile, trustedCertificates);
  }
}
