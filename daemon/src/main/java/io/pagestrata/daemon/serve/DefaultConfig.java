// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.Units;
import io.pagestrata.config.yaml.YamlConfig;
import io.pagestrata.daemon.redis.RemoteServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The configuration that holds when nobody gives one: two RAM tiers sized by the machine, a file
 * tier that holds the whole export, one export on loopback and on a unix socket. Written as YAML,
 * so that it can be shown and changed. Stateless.
 */
public final class DefaultConfig {
  /** Name of the directory of segments. */
  public static final String SEGMENTS = "segments";

  /** Name of the unix socket. */
  public static final String SOCKET = "nbd.sock";

  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** A guest on this machine needs the rest. */
  private static final int MEMORY_TIMES_RAM = 8;

  private static final int TOP_SHARE = 4;
  private static final long LEAST_RAM_BYTES = 64 * MIB;
  private static final long MOST_RAM_BYTES = 4 * GIB;
  private static final long EXPORT_BYTES = 8 * GIB;

  /** The whole export at worst, and half as much for the cleaner to work in. */
  private static final long MOST_FILE_BYTES = EXPORT_BYTES / 2 * 3;

  private static final long LEAST_FILE_BYTES = 256 * MIB;

  private DefaultConfig() {}

  /**
   * Writes the configuration.
   *
   * @param directory where segments and socket go; need not exist
   * @param socketDirectory where the unix socket goes
   * @return YAML that {@link #read} reads
   * @throws IOException when the free space cannot be found out
   */
  public static String yaml(Path directory, Path socketDirectory) throws IOException {
    Path existing = directory.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    long freeBytes = Files.getFileStore(existing).getUsableSpace();
    return yaml(directory, socketDirectory, machineBytes(), freeBytes);
  }

  static String yaml(Path directory, Path socketDirectory, long machineBytes, long freeBytes) {
    // A quarter for what was put lately, the rest for what is colder: docs/decisions/0017.
    long ramBytes =
        Math.max(LEAST_RAM_BYTES, Math.min(MOST_RAM_BYTES, machineBytes / MEMORY_TIMES_RAM));
    long topBytes = ramBytes / TOP_SHARE / MIB * MIB;
    return """
        tiers:
          - type: ram
            max-size: %s
            codec: lz4
            pre-touch: false
          - type: ram
            name: dense
            max-size: %s
            recompress: zstd-1
            pre-touch: false
          - type: file
            directory: %s
            max-size: %s
        exports:
          - name: default
            size: %s
        server:
          listen:
            - 127.0.0.1:10809
            - %s
        """
        .formatted(
            Units.formatBytes(topBytes),
            Units.formatBytes((ramBytes - topBytes) / MIB * MIB),
            quoted(directory.resolve(SEGMENTS).toString()),
            size(freeBytes / 4 * 3, LEAST_FILE_BYTES, MOST_FILE_BYTES),
            Units.formatBytes(EXPORT_BYTES),
            quoted("unix:" + socketDirectory.resolve(SOCKET)));
  }

  /**
   * Puts a server between the tiers of what {@link #yaml} wrote.
   *
   * @param yaml a default configuration
   * @param server where it is, and how to log in
   * @return YAML that {@link #read} reads
   */
  public static String withRemote(String yaml, RemoteServer server) {
    StringBuilder tier =
        new StringBuilder(
            """
              - type: remote
                servers: [%s]
                max-size: %s
            """
                .formatted(quoted(server.uri()), Units.formatBytes(GIB)));
    add(tier, "username", server.username());
    add(tier, "password-file", server.passwordFile());
    add(tier, "trusted-certificates", server.trustedCertificates());
    return yaml.replace("  - type: file\n", tier + "  - type: file\n");
  }

  private static void add(StringBuilder tier, String setting, Optional<?> value) {
    value.ifPresent(it -> tier.append("    %s: %s\n".formatted(setting, quoted(it.toString()))));
  }

  /**
   * Reads what {@link #yaml} wrote.
   *
   * @param yaml the configuration
   * @return the same, checked
   */
  public static DaemonConfig read(String yaml) {
    return YamlConfig.parseDaemon("default configuration", yaml.getBytes(StandardCharsets.UTF_8));
  }

  /** The JDK asks for the limit of the container, where there is one. */
  private static long machineBytes() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getTotalMemorySize();
  }

  private static String size(long bytes, long leastBytes, long mostBytes) {
    return Units.formatBytes(Math.max(leastBytes, Math.min(mostBytes, bytes)) / MIB * MIB);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
