// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The table of the settings that only the daemon reads, as {@link Settings} is for those of a
 * store.
 */
public final class DaemonSettings {
  private static final long MIB = 1L << 20;
  private static final long TIB = 1L << 40;
  private static final int MOST_CONNECTIONS = 10_000;
  private static final int MOST_THREADS = 1024;
  private static final Duration HOUR = Duration.ofHours(1);

  private static final ValueType<String> NAME =
      new TextType(
          "a name of an export",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
          "a letter or digit, then up to 127 letters, digits, dots, underscores or hyphens");

  /** Name of an export. */
  public static final Setting<String> EXPORT_NAME =
      Setting.required(
          "name",
          NAME,
          "default",
          ExportConfig.class,
          ExportConfig::name,
          "Name that clients ask for.");

  /** Text about an export. */
  public static final Setting<Optional<String>> EXPORT_DESCRIPTION =
      Setting.withDefault(
          "description",
          new OptionalType<>(
              "none",
              new TextType(
                  "a description", "[^\\p{Cc}]{1,256}", "1 to 256 characters on one line")),
          "none",
          ExportConfig.class,
          ExportConfig::description,
          "Text that clients show when they list exports.");

  /** Size of an export. */
  public static final Setting<Long> EXPORT_SIZE =
      Setting.required(
          "size",
          new RangeType.Size(MIB, 256 * TIB),
          "8GiB",
          ExportConfig.class,
          ExportConfig::bytes,
          "Size of the device; a page that was never written takes no room.");

  /** Refusal of writes. */
  public static final Setting<Boolean> EXPORT_READ_ONLY =
      Setting.withDefault(
          "read-only",
          new BooleanType(),
          "false",
          ExportConfig.class,
          ExportConfig::readOnly,
          "Refuses writes.");

  /** Pool of an export. */
  public static final Setting<Optional<String>> EXPORT_POOL =
      Setting.withDefault(
          "pool",
          new OptionalType<>("auto", NAME),
          "auto",
          ExportConfig.class,
          ExportConfig::pool,
          "Pool that holds the pages; auto is the name of the export. Read-only exports may share the"
              + " pool of a writable one.");

  /** Owner of an export. */
  public static final Setting<String> EXPORT_TENANT =
      Setting.withDefault(
          "tenant",
          TenantSettings.NAME_TYPE,
          "default",
          ExportConfig.class,
          ExportConfig::tenant,
          "Tenant who owns the pool, and whose limits and share it has.");

  /** Clients of an export. */
  public static final Setting<List<String>> EXPORT_ALLOWED_CLIENTS =
      Setting.withDefault(
          "allowed-clients",
          new ListType<>(
              "certificates",
              new TextType(
                  "a subject or fingerprint",
                  "sha256:[0-9a-f]{64}|[A-Za-z0-9.]+=[^\\p{Cc}]{1,1024}",
                  "a subject such as CN=alpha,O=Example, or sha256: and 64 lower-case"
                      + " hexadecimal digits"),
              0),
          "[]",
          ExportConfig.class,
          ExportConfig::allowedClients,
          "Client certificates that may attach it, by subject (as in RFC 2253) or by fingerprint; an"
              + " empty list lets every client in.");

  /** Connections of an export. */
  public static final Setting<Optional<Integer>> EXPORT_MAX_CONNECTIONS =
      Setting.withDefault(
          "max-connections",
          new OptionalType<>("auto", new RangeType.Count(1, MOST_CONNECTIONS)),
          "auto",
          ExportConfig.class,
          ExportConfig::maxConnections,
          "Most connections that use it at a time; one more is refused. auto is the limit of the"
              + " server alone.");

  /** Bytes of requests of an export. */
  public static final Setting<Optional<Long>> EXPORT_MAX_IN_FLIGHT =
      Setting.withDefault(
          "max-in-flight",
          new OptionalType<>("auto", new RangeType.Size(128 * MIB, TIB)),
          "auto",
          ExportConfig.class,
          ExportConfig::maxInFlightBytes,
          "Most bytes of its requests and replies in memory, so that it leaves room for other"
              + " exports. auto is the limit of the server alone.");

  /** Addresses. */
  public static final Setting<List<ListenAddress>> SERVER_LISTEN =
      Setting.withDefault(
          "listen",
          new ListType<>("addresses", new ListenType(), 1),
          "[127.0.0.1:10809]",
          ServerConfig.class,
          ServerConfig::listen,
          "Addresses to listen on; whoever reaches one can read and write, unless TLS forbids it.");

  /** Connections. */
  public static final Setting<Integer> SERVER_MAX_CONNECTIONS =
      Setting.withDefault(
          "max-connections",
          new RangeType.Count(1, MOST_CONNECTIONS),
          "256",
          ServerConfig.class,
          ServerConfig::maxConnections,
          "Most connections at a time; one more is closed at once.");

  /** Bytes of requests. */
  public static final Setting<Long> SERVER_MAX_IN_FLIGHT =
      Setting.withDefault(
          "max-in-flight",
          new RangeType.Size(128 * MIB, TIB),
          "256MiB",
          ServerConfig.class,
          ServerConfig::maxInFlightBytes,
          "Most bytes of requests and replies in memory, over all connections; more of them wait in"
              + " their sockets.");

  /** Bytes of requests of one connection. */
  public static final Setting<Long> SERVER_MAX_IN_FLIGHT_PER_CONNECTION =
      Setting.withDefault(
          "max-in-flight-per-connection",
          new RangeType.Size(MIB, TIB),
          "64MiB",
          ServerConfig.class,
          ServerConfig::maxInFlightBytesPerConnection,
          "The same for one connection; a single larger request is served when it is alone.");

  /** Patience with handshakes. */
  public static final Setting<Duration> SERVER_HANDSHAKE_TIMEOUT =
      Setting.withDefault(
          "handshake-timeout",
          new RangeType.Time(Duration.ofMillis(100), HOUR),
          "10s",
          ServerConfig.class,
          ServerConfig::handshakeTimeout,
          "Longest time from connecting to choosing an export.");

  /** Patience with clients that do not read. */
  public static final Setting<Duration> SERVER_STALL_TIMEOUT =
      Setting.withDefault(
          "stall-timeout",
          new RangeType.Time(Duration.ofSeconds(1), Duration.ofDays(1)),
          "1min",
          ServerConfig.class,
          ServerConfig::stallTimeout,
          "Longest time a client takes no byte of replies that are ready for it, before it is"
              + " disconnected. One that is owed nothing may be silent for ever.");

  /** Threads. */
  public static final Setting<Optional<Integer>> SERVER_THREADS =
      Setting.withDefault(
          "threads",
          new OptionalType<>("auto", new RangeType.Count(1, MOST_THREADS)),
          "auto",
          ServerConfig.class,
          ServerConfig::threads,
          "Most reads that wait for the disk at once, over all connections; half as many changes"
              + " wait for room. auto is 16. What is in RAM needs none of them.");

  /** Patience with stops. */
  public static final Setting<Duration> SERVER_STOP_TIMEOUT =
      Setting.withDefault(
          "stop-timeout",
          new RangeType.Time(Duration.ZERO, HOUR),
          "10s",
          ServerConfig.class,
          ServerConfig::stopTimeout,
          "Longest time a stop waits for requests that are being served.");

  /** Polling before sleep. */
  public static final Setting<Boolean> SERVER_BUSY_POLL =
      Setting.withDefault(
          "busy-poll",
          new BooleanType(),
          "true",
          ServerConfig.class,
          ServerConfig::busyPoll,
          "Looks for the next request for up to 100 us before sleeping, where the last one came that"
              + " soon: single requests are answered much faster, for up to a core of CPU time while"
              + " they last.");

  /** Encryption. */
  public static final Setting<TlsMode> TLS_MODE =
      Setting.withDefault(
          "mode",
          new ChoiceType<>(TlsMode.class),
          "off",
          TlsConfig.class,
          TlsConfig::mode,
          "Whether connections over TCP are encrypted: never, when the client asks, or always.");

  /** Certificate of the server. */
  public static final Setting<Optional<Path>> TLS_CERTIFICATE =
      pem("certificate", TlsConfig::certificate, "the certificate chain of the server");

  /** Key of the server. */
  public static final Setting<Optional<Path>> TLS_KEY =
      pem("key", TlsConfig::key, "the private key of the server, in PKCS#8");

  /** Authorities of client certificates. */
  public static final Setting<Optional<Path>> TLS_CLIENT_CA =
      pem(
          "client-ca",
          TlsConfig::clientCa,
          "the authorities of client certificates; with it a client without one is refused");

  /** Settings of one export. */
  public static final Section<ExportConfig> EXPORT =
      new Section<>(
          "exports",
          "A list of block devices; without it there is one named default, of 8GiB.",
          ExportConfig::from,
          List.of(
              EXPORT_NAME,
              EXPORT_DESCRIPTION,
              EXPORT_SIZE,
              EXPORT_READ_ONLY,
              EXPORT_POOL,
              EXPORT_TENANT,
              EXPORT_MAX_CONNECTIONS,
              EXPORT_MAX_IN_FLIGHT,
              EXPORT_ALLOWED_CLIENTS));

  /** Settings of encryption. */
  public static final Section<TlsConfig> TLS =
      new Section<>(
          "server.tls",
          "Encryption and client certificates.",
          TlsConfig::from,
          List.of(TLS_MODE, TLS_CERTIFICATE, TLS_KEY, TLS_CLIENT_CA));

  /** Settings of the server. */
  public static final Section<?> SERVER =
      new Section<>(
          "server",
          "Where and how the exports are served.",
          it -> it,
          List.of(
              SERVER_LISTEN,
              SERVER_MAX_CONNECTIONS,
              SERVER_MAX_IN_FLIGHT,
              SERVER_MAX_IN_FLIGHT_PER_CONNECTION,
              SERVER_THREADS,
              SERVER_HANDSHAKE_TIMEOUT,
              SERVER_STALL_TIMEOUT,
              SERVER_STOP_TIMEOUT,
              SERVER_BUSY_POLL));

  /** Every section, in the order of the documentation. */
  public static final List<Section<?>> ALL = List.of(EXPORT, SERVER, TLS);

  private DaemonSettings() {}

  private static Setting<Optional<Path>> pem(
      String name, Function<TlsConfig, Optional<Path>> reader, String content) {
    return Setting.withDefault(
        name,
        new OptionalType<>("none", new PathType()),
        "none",
        TlsConfig.class,
        reader,
        "PEM file with " + content + ".");
  }
}
