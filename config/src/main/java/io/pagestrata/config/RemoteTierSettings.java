// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.tiers.remote.RemoteUri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The table of the settings of a remote tier, as {@link Settings} is for the rest of a store. */
public final class RemoteTierSettings {
  private static final long MIB = 1L << 20;
  private static final long TIB = 1L << 40;
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MOST_TIMEOUT = Duration.ofMinutes(1);
  private static final int MOST_REPLICAS = 9;

  /** Where servers listen. */
  public static final Setting<List<RemoteUri>> SERVERS =
      Setting.required(
          "servers",
          new ListType<>("servers", new RemoteUriType(), 1),
          "[redis://127.0.0.1:6379]",
          RemoteTierConfig.class,
          RemoteTierConfig::servers,
          "One Redis (up to 7.2) or Valkey server, or some of a cluster; the others are found.");

  /** Room on the servers. */
  public static final Setting<Long> MAX_SIZE =
      Setting.required(
          "max-size",
          new RangeType.Size(MIB, 128 * TIB),
          "1GiB",
          RemoteTierConfig.class,
          RemoteTierConfig::maxBytes,
          "Most bytes kept on the servers, by our own count; at most four fifths of their"
              + " maxmemory.");

  /** First part of every key. */
  public static final Setting<String> NAMESPACE =
      Setting.withDefault(
          "namespace",
          new TextType(
              "a namespace",
              "[a-z0-9][a-z0-9-]{0,31}",
              "1 to 32 lower-case letters, digits or hyphens"),
          "default",
          RemoteTierConfig.class,
          RemoteTierConfig::namespace,
          "First part of every key; each store that shares the servers needs its own.");

  /** Login. */
  public static final Setting<Optional<String>> USERNAME =
      Setting.withDefault(
          "username",
          new OptionalType<>(
              "none", new TextType("a user", "[^\\s\\p{Cc}]{1,256}", "up to 256 characters")),
          "none",
          RemoteTierConfig.class,
          RemoteTierConfig::username,
          "ACL user to log in as; none means the server's default user.");

  /** Secret of the login. */
  public static final Setting<Optional<Path>> PASSWORD_FILE =
      file(
          "password-file",
          RemoteTierConfig::passwordFile,
          "File whose first line is the password.");

  /** Authorities. */
  public static final Setting<Optional<Path>> TRUSTED_CERTIFICATES =
      file(
          "trusted-certificates",
          RemoteTierConfig::trustedCertificates,
          "PEM file of the authorities that servers are checked against with rediss; none means"
              + " those of the JDK.");

  /** What keeps pages from being lost. */
  public static final Setting<RemoteSafety> SAFETY =
      Setting.withDefault(
          "safety",
          new ChoiceType<>(RemoteSafety.class),
          "mirror",
          RemoteTierConfig.class,
          RemoteTierConfig::safety,
          "mirror: every page is in the file tier too, so that losing all servers loses nothing;"
              + " replicas: only there, once so many replicas have it.");

  /** Acknowledgements. */
  public static final Setting<Integer> REPLICAS =
      Setting.withDefault(
          "replicas",
          new RangeType.Count(1, MOST_REPLICAS),
          "1",
          RemoteTierConfig.class,
          RemoteTierConfig::replicas,
          "With safety replicas: how many must acknowledge a batch, or it goes to the tier below.");

  /** Patience with writes. */
  public static final Setting<Duration> TIMEOUT =
      Setting.withDefault(
          "timeout",
          new RangeType.Time(LEAST_TIMEOUT, MOST_TIMEOUT),
          "500ms",
          RemoteTierConfig.class,
          RemoteTierConfig::timeout,
          "Longest wait for a batch, and for a page that is nowhere else; then the server is passed"
              + " over.");

  /** Patience with reads. */
  public static final Setting<Duration> READ_TIMEOUT =
      Setting.withDefault(
          "read-timeout",
          new RangeType.Time(LEAST_TIMEOUT, MOST_TIMEOUT),
          "100ms",
          RemoteTierConfig.class,
          RemoteTierConfig::readTimeout,
          "Longest wait for a page that is in the file tier too; then it is read there.");

  /** Settings of a tier of type remote. */
  public static final Section<RemoteTierConfig> REMOTE =
      new Section<>(
          "remote",
          "Memory of a Redis or Valkey server or cluster, between RAM and disk.",
          RemoteTierConfig::from,
          List.of(
              SERVERS,
              MAX_SIZE,
              NAMESPACE,
              USERNAME,
              PASSWORD_FILE,
              TRUSTED_CERTIFICATES,
              SAFETY,
              REPLICAS,
              TIMEOUT,
              READ_TIMEOUT));

  private RemoteTierSettings() {}

  /** Reads one server as the setting does. */
  static List<RemoteUri> serversOf(String text) {
    try {
      return SERVERS.parse("[" + text + "]");
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationException(List.of("--remote: " + e.getMessage()));
    }
  }

  private static Setting<Optional<Path>> file(
      String name, Function<RemoteTierConfig, Optional<Path>> reader, String meaning) {
    return Setting.withDefault(
        name,
        new OptionalType<>("none", new PathType()),
        "none",
        RemoteTierConfig.class,
        reader,
        meaning);
  }
}
