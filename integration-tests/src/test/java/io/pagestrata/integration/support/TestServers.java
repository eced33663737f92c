// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.daemon.redis.LocalCluster;
import io.pagestrata.daemon.redis.LocalServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Starts real servers from the static binary in the embedded-redis jar. */
public final class TestServers {
  private static Path binary;

  private TestServers() {}

  /** A server; options are those of redis.conf, such as "--maxmemory 8mb". */
  public static LocalServer open(String... options) throws IOException {
    return LocalServer.open(binary(), List.of(options));
  }

  /** Three masters with a replica each. */
  public static LocalCluster openCluster(String... options) throws IOException {
    return LocalCluster.open(binary(), List.of(options));
  }

  /** The binary in a file that goes with this JVM. */
  public static synchronized Path binary() throws IOException {
    if (binary == null) {
      boolean arm = System.getProperty("os.arch").matches("aarch64|arm64");
      boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
      String resource =
          "/redis-server-7.0.15-" + (mac ? "darwin" : "linux") + (arm ? "-arm64" : "-amd64");
      Path file = Files.createTempFile("redis-server-", "");
      file.toFile().deleteOnExit();
      try (InputStream in = TestServers.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IOException("no " + resource + " in the jar of embedded-redis");
        }
        Files.write(file, in.readAllBytes());
      }
      if (!file.toFile().setExecutable(true)) {
        throw new IOException(file + " cannot be made executable");
      }
      binary = file;
    }
    return binary;
  }
}
