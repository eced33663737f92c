// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.command.DaemonProcess;
import io.pagestrata.daemon.nbd.TestClient;
import io.pagestrata.daemon.redis.LocalCluster;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk of the daemon rests in a cluster that loses a master. Forbidden: a request that fails, a
 * sector that is not what was written last, keys that an orderly stop leaves.
 */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class H26_masterDiesBelowADaemon {
  private static final int PAGES = 12_000;
  private static final int PAGES_AT_ONCE = 16;

  @TempDir private Path directory;

  private String[] run(int port) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("daemon.yaml"),
            """
            tiers:
              - type: ram
                max-size: 16MiB
              - type: remote
                servers: [redis://127.0.0.1:%d]
                max-size: 256MiB
              - type: file
                directory: %s
                max-size: 512MiB
            server:
              listen: ['unix:%s']
            """
                .formatted(port, directory.resolve("segments"), socket()));
    return new String[] {"run", "-c", config.toString()};
  }

  private Path socket() {
    return directory.resolve("nbd.sock");
  }

  private static void write(TestClient disk, int first, int count, int version) throws IOException {
    byte[] data = new byte[PAGES_AT_ONCE * SmallStore.PAGE_BYTES];
    for (int page = first; page < first + count; page += PAGES_AT_ONCE) {
      for (int i = 0; i < PAGES_AT_ONCE; i++) {
        byte[] one = RemoteRig.page(page + i, version);
        System.arraycopy(one, 0, data, i * one.length, one.length);
      }
      assertThat(disk.write((long) page * SmallStore.PAGE_BYTES, data)).isZero();
    }
  }

  private static void assertPages(TestClient disk, int first, int count, int version)
      throws IOException {
    int bytes = SmallStore.PAGE_BYTES;
    for (int page = first; page < first + count; page += PAGES_AT_ONCE) {
      byte[] data = disk.read((long) page * bytes, PAGES_AT_ONCE * bytes);
      for (int i = 0; i < PAGES_AT_ONCE; i++) {
        byte[] one = Arrays.copyOfRange(data, i * bytes, (i + 1) * bytes);
        assertThat(Arrays.equals(one, RemoteRig.page(page + i, version)))
            .as("page %d is itself", page + i)
            .isTrue();
      }
    }
  }

  @Test
  void aDiskGoesOnAndIsWhole() throws Exception {
    try (LocalCluster cluster = TestServers.openCluster();
        DaemonProcess daemon =
            DaemonProcess.start(directory, Map.of(), run(cluster.master(0).port()))) {
      assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
      try (TestClient disk = new TestClient(socket())) {
        disk.go("default");
        write(disk, 0, PAGES, 1);
        await("pages on every shard", () -> cluster.keys(0) * cluster.keys(1) > 0);
        assertThat(cluster.keys(1)).isPositive();

        cluster.master(1).kill();
        assertPages(disk, 0, PAGES, 1);
        write(disk, 0, PAGES / 3, 2);
        assertPages(disk, 0, PAGES / 3, 2);
        assertPages(disk, PAGES / 3, PAGES - PAGES / 3, 1);

        await(
            "the replica to be master",
            () -> cluster.replica(1).askAll("INFO replication").contains("role:master"));
        long before = batches(cluster.replica(1));
        int[] version = {2};
        await(
            "the new master to be used",
            () -> {
              rewrite(disk, ++version[0]);
              return batches(cluster.replica(1)) > before;
            });
        assertPages(disk, 0, PAGES, version[0]);
        assertThat(disk.flush()).isZero();
      }
      daemon.terminate();
      assertThat(daemon.status()).as(daemon.errors()).isZero();
      assertThat(daemon.errors()).doesNotContain("Exception");
      assertThat(cluster.keys(0, 2) + cluster.replica(1).keys()).isZero();
    }
  }

  /** How many a server has taken, from clients or from its master. */
  private static long batches(LocalServer server) {
    String stats = server.askAll("INFO commandstats");
    Matcher calls = Pattern.compile("cmdstat_mset:calls=(\\d+)").matcher(stats);
    return calls.find() ? Long.parseLong(calls.group(1)) : 0;
  }

  private static void rewrite(TestClient disk, int version) {
    try {
      write(disk, 0, PAGES, version);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
