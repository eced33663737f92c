// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a remote tier must know at its start. Immutable.
 *
 * @param name of the tier in statistics and log lines
 * @param access servers and how to log in
 * @param namespace first part of every key, {@code [a-z0-9-]}; one store at a time uses it
 * @param maxBytes most bytes kept on the servers, by the tier's own count
 * @param pageBytes page size of the store
 * @param replicas replicas that must acknowledge a write; 0 to keep a mirror in the tier below
 * @param timeout longest wait for a write, and for a read of a page that has no mirror
 * @param readTimeout longest wait for a read of a page that has a mirror
 * @param pressureShare share of the size at which the host hears of pressure
 */
public record RemoteSettings(
    String name,
    Access access,
    String namespace,
    long maxBytes,
    int pageBytes,
    int replicas,
    Duration timeout,
    Duration readTimeout,
    double pressureShare) {
  /**
   * Checks that nothing is missing.
   *
   * @param name any
   * @param access any
   * @param namespace any
   * @param maxBytes any
   * @param pageBytes any
   * @param replicas 0 or more
   * @param timeout any
   * @param readTimeout any
   * @param pressureShare any
   */
  public RemoteSettings {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(access, "access");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(timeout, "timeout");
    Objects.requireNonNull(readTimeout, "readTimeout");
  }

  /**
   * Servers and how to log in.
   *
   * @param servers one server, or some of a cluster; all with TLS or none
   * @param username ACL user; empty for the default user
   * @param passwordFile file whose first line is the password; empty for none
   * @param trustedCertificates PEM file of the authorities that servers are checked against; empty
   *     for those of the JDK
   */
  public record Access(
      List<RemoteUri> servers,
      Optional<String> username,
      Optional<Path> passwordFile,
      Optional<Path> trustedCertificates) {
    /**
     * Copies the list.
     *
     * @param servers at least one
     * @param username any
     * @param passwordFile any
     * @param trustedCertificates any
     */
    public Access {
      servers = List.copyOf(servers);
    }

    /**
     * Access without login.
     *
     * @param server the server
     * @return access by the default user
     */
    public static Access to(RemoteUri server) {
      return new Access(List.of(server), Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /**
   * Settings with the usual choices for everything but place and size.
   *
   * @param access servers and how to log in
   * @param namespace first part of every key
   * @param maxBytes most bytes kept on the servers
   * @param pageBytes page size of the store
   * @return settings of a mirrored tier
   */
  public static RemoteSettings of(Access access, String namespace, long maxBytes, int pageBytes) {
    return new RemoteSettings(
        "remote",
        access,
        namespace,
        maxBytes,
        pageBytes,
        0,
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        0.9);
  }

  /**
   * The same with other timeouts.
   *
   * @param newTimeout longest wait for a write, and for a read of a page that has no mirror
   * @param newReadTimeout longest wait for a read of a page that has a mirror
   * @return new settings
   */
  public RemoteSettings withTimeouts(Duration newTimeout, Duration newReadTimeout) {
    return new RemoteSettings(
        name,
        access,
        namespace,
        maxBytes,
        pageBytes,
        replicas,
        newTimeout,
        newReadTimeout,
        pressureShare);
  }

  /**
   * The same without mirrors.
   *
   * @param count replicas that must acknowledge a write, 1 or more
   * @return new settings
   */
  public RemoteSettings withReplicas(int count) {
    return new RemoteSettings(
        name, access, namespace, maxBytes, pageBytes, count, timeout, readTimeout, pressureShare);
  }

  boolean isMirrored() {
    return replicas == 0;
  }
}
