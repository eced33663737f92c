// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.nbd.TestClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon over a durable store is killed under the load of a client, again and again. What a
 * FLUSH or a write through was answered for must be there after each start, or something newer.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class KilledDaemonTest {
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 3000;
  private static final int MOST_OPERATIONS = 1000;

  /** A process that lives for a second gains nothing from the better compiler. */
  private static final Map<String, String> QUICK_START =
      Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");

  private static final long SEED = Long.getLong("pagestrata.seed", 9);

  @TempDir private Path directory;
  private final Random random = new Random(SEED);

  /** Versions of each page that may be found, the last one written at the end; 0 is absent. */
  private final List<List<Integer>> allowed = new ArrayList<>();

  private int lastVersion;

  @Test
  void whatWasFlushedIsThereAfterEachOfTwentyKills() throws Exception {
    killAndLook(20);
  }

  @Test
  @Tag("stress")
  void whatWasFlushedIsThereAfterEachOfAHundredKills() throws Exception {
    killAndLook(100);
  }

  private void killAndLook(int rounds) throws Exception {
    for (int i = 0; i < PAGES; i++) {
      allowed.add(new ArrayList<>(List.of(0)));
    }
    String config = config().toString();
    for (int round = 0; round < rounds; round++) {
      try (DaemonProcess daemon =
          DaemonProcess.start(directory, QUICK_START, "run", "-c", config)) {
        assertThat(daemon.introduction()).as(daemon.errors()).isNotEmpty();
        try (TestClient client = new TestClient(socket())) {
          client.go("default");
          look(client, round);
          load(client, daemon);
        }
        assertThat(daemon.status()).as("ended by SIGKILL").isEqualTo(137);
      }
    }
    assertThat(lastVersion).isGreaterThan(rounds);
  }

  private Path socket() {
    return directory.resolve("nbd.sock");
  }

  private Path config() throws IOException {
    return Files.writeString(
        directory.resolve("daemon.yaml"),
        """
        durability: durable
        tiers:
          - type: ram
            max-size: 4MiB
            pre-touch: false
          - type: file
            directory: %s
            max-size: 64MiB
        writeback:
          ring-slots: 2
          batch-size: 128KiB
        exports:
          - name: default
            size: 64MiB
        server:
          listen: ['unix:%s']
        """
            .formatted(directory.resolve("segments"), socket()));
  }

  /** Reads every page that was ever written, and takes what is there as what must stay. */
  private void look(TestClient client, int round) throws IOException {
    for (int page = 0; page < PAGES; page++) {
      if (allowed.get(page).size() == 1 && allowed.get(page).get(0) == 0) {
        continue;
      }
      ByteBuffer bytes = ByteBuffer.wrap(client.read((long) page * PAGE_BYTES, PAGE_BYTES));
      int version = bytes.getInt(0);
      assertThat(allowed.get(page)).as("round %d, page %d", round, page).contains(version);
      if (version != 0) {
        assertThat(bytes.array()).isEqualTo(content(page, version));
      }
      allowed.set(page, new ArrayList<>(List.of(version)));
    }
  }

  /** Works until the daemon is dead; the kill comes from another thread, in the midst of things. */
  private void load(TestClient client, DaemonProcess daemon) throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(1 + random.nextInt(MOST_OPERATIONS));
    Thread killer =
        new Thread(
            () -> {
              try {
                enough.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              daemon.kill();
            });
    killer.start();
    try {
      while (true) {
        operate(client);
        enough.countDown();
      }
    } catch (IOException dead) {
      killer.join();
    }
  }

  private void operate(TestClient client) throws IOException {
    int dice = random.nextInt(100);
    if (dice < 3) {
      assertThat(client.flush()).isZero();
      allowed.forEach(KilledDaemonTest::keepLast);
    } else if (dice < 10) {
      int first = random.nextInt(PAGES - 16);
      for (int page = first; page < first + 16; page++) {
        allowed.get(page).add(0);
      }
      assertThat(client.trim((long) first * PAGE_BYTES, 16L * PAGE_BYTES)).isZero();
    } else {
      int page = random.nextInt(PAGES);
      int version = ++lastVersion;
      allowed.get(page).add(version);
      byte[] content = content(page, version);
      if (dice < 12) {
        assertThat(client.writeThrough((long) page * PAGE_BYTES, content)).isZero();
        keepLast(allowed.get(page));
      } else {
        assertThat(client.write((long) page * PAGE_BYTES, content)).isZero();
      }
    }
  }

  private static void keepLast(List<Integer> versions) {
    versions.subList(0, versions.size() - 1).clear();
  }

  private static byte[] content(int page, int version) {
    ByteBuffer bytes = ByteBuffer.allocate(PAGE_BYTES);
    Random noise = new Random(page * 31L + version);
    bytes.putInt(version);
    int noiseBytes = noise.nextInt(PAGE_BYTES - 8);
    while (bytes.position() < noiseBytes) {
      bytes.putInt(noise.nextInt());
    }
    return bytes.array();
  }
}
