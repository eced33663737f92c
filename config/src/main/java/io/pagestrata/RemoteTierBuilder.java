// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.RemoteSafety;
import io.pagestrata.config.RemoteTierSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Options of the remote tier.
 *
 * <p>Each option may be set once; what is not set has the default of {@link RemoteTierSettings}. A
 * value that is not allowed is reported by {@link PagestrataBuilder#build}. Not thread-safe.
 */
public final class RemoteTierBuilder {
  private final SectionBuilder section;

  RemoteTierBuilder(SectionBuilder section) {
    this.section = section;
  }

  /**
   * Says where one server, or some of a cluster, listen.
   *
   * @param uris such as {@code redis://127.0.0.1:6379}, or {@code rediss://...} with TLS
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder servers(String... uris) {
    section.setText(RemoteTierSettings.SERVERS, "[" + String.join(", ", uris) + "]");
    return this;
  }

  /**
   * Limits what is kept on the servers.
   *
   * @param size such as {@code 1GiB}
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder maxSize(String size) {
    section.setText(RemoteTierSettings.MAX_SIZE, size);
    return this;
  }

  /**
   * Limits what is kept on the servers.
   *
   * @param bytes limit in bytes
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder maxSize(long bytes) {
    section.set(RemoteTierSettings.MAX_SIZE, bytes);
    return this;
  }

  /**
   * Sets the first part of every key.
   *
   * @param namespace of this store alone
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder namespace(String namespace) {
    section.set(RemoteTierSettings.NAMESPACE, namespace);
    return this;
  }

  /**
   * Says as whom to log in.
   *
   * @param username ACL user
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder username(String username) {
    section.setSome(RemoteTierSettings.USERNAME, username);
    return this;
  }

  /**
   * Says where the password stands.
   *
   * @param file its first line is the password
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder passwordFile(Path file) {
    section.setSome(RemoteTierSettings.PASSWORD_FILE, file);
    return this;
  }

  /**
   * Says which authorities servers are checked against with TLS.
   *
   * @param file PEM file
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder trustedCertificates(Path file) {
    section.setSome(RemoteTierSettings.TRUSTED_CERTIFICATES, file);
    return this;
  }

  /**
   * Keeps pages safe by acknowledgements of replicas instead of a copy in the file tier.
   *
   * @param count how many must acknowledge
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder safeByReplicas(int count) {
    section.set(RemoteTierSettings.SAFETY, RemoteSafety.REPLICAS);
    section.set(RemoteTierSettings.REPLICAS, count);
    return this;
  }

  /**
   * Limits the wait for a batch, and for a page that is nowhere else.
   *
   * @param timeout 1 ms to 1 minute
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder timeout(Duration timeout) {
    section.set(RemoteTierSettings.TIMEOUT, timeout);
    return this;
  }

  /**
   * Limits the wait for a page that is in the file tier too.
   *
   * @param timeout 1 ms to 1 minute
   * @return this
   * @throws IllegalStateException when it was set before
   */
  public RemoteTierBuilder readTimeout(Duration timeout) {
    section.set(RemoteTierSettings.READ_TIMEOUT, timeout);
    return this;
  }
}
