// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.remote.RemoteUri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A Redis or Valkey server or cluster. Immutable; checked as part of a {@link PagestrataConfig}.
 * What each value means stands in {@link RemoteTierSettings}.
 *
 * @param servers where one server, or some of a cluster, listen
 * @param maxBytes most bytes kept there
 * @param namespace first part of every key
 * @param username ACL user, or empty for the default user
 * @param passwordFile file with the password, or empty for none
 * @param trustedCertificates PEM file of authorities, or empty for those of the JDK
 * @param safety what keeps pages from being lost
 * @param replicas acknowledgements wanted with safety by replicas
 * @param timeout longest wait for a write
 * @param readTimeout longest wait for a read that can be served from below
 */
public record RemoteTierConfig(
    List<RemoteUri> servers,
    long maxBytes,
    String namespace,
    Optional<String> username,
    Optional<Path> passwordFile,
    Optional<Path> trustedCertificates,
    RemoteSafety safety,
    int replicas,
    Duration timeout,
    Duration readTimeout)
    implements TierConfig {
  /**
   * Copies the list.
   *
   * @param servers any
   * @param maxBytes any
   * @param namespace any
   * @param username any
   * @param passwordFile any
   * @param trustedCertificates any
   * @param safety any
   * @param replicas any
   * @param timeout any
   * @param readTimeout any
   */
  public RemoteTierConfig {
    servers = List.copyOf(servers);
  }

  static RemoteTierConfig from(SectionDraft draft) {
    return new RemoteTierConfig(
        draft.get(RemoteTierSettings.SERVERS),
        draft.get(RemoteTierSettings.MAX_SIZE),
        draft.get(RemoteTierSettings.NAMESPACE),
        draft.get(RemoteTierSettings.USERNAME),
        draft.get(RemoteTierSettings.PASSWORD_FILE),
        draft.get(RemoteTierSettings.TRUSTED_CERTIFICATES),
        draft.get(RemoteTierSettings.SAFETY),
        draft.get(RemoteTierSettings.REPLICAS),
        draft.get(RemoteTierSettings.TIMEOUT),
        draft.get(RemoteTierSettings.READ_TIMEOUT));
  }

  @Override
  public String name() {
    return "remote";
  }

  /**
   * {@inheritDoc}
   *
   * @return none of its own; what the file tier below wants is done to the mirror and its copy here
   */
  @Override
  public RecompressionConfig recompression() {
    return RecompressionConfig.NONE;
  }
}
